using AgentOS.Engine.Expressions;
using Elsa.Common;
using Elsa.Workflows;
using Elsa.Workflows.CommitStates;
using Elsa.Workflows.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AgentOS.Engine.Execution;

/// <summary>What a run needs all the time, resolved once.</summary>
internal sealed class EngineServices(
    IActivityRegistry activityRegistry,
    IStimulusHasher stimulusHasher,
    IIdentityGenerator identityGenerator,
    ISystemClock clock,
    ICommitStateHandler commitStateHandler,
    ICommitStrategyRegistry commitStrategies,
    InputEvaluator inputEvaluator,
    IOptions<IncidentOptions> incidents,
    ILogger<IWorkflowRunner> logger)
{
    public IActivityRegistry ActivityRegistry => activityRegistry;
    public IStimulusHasher StimulusHasher => stimulusHasher;
    public IIdentityGenerator IdentityGenerator => identityGenerator;
    public ISystemClock Clock => clock;
    public ICommitStateHandler CommitStateHandler => commitStateHandler;
    public ICommitStrategyRegistry CommitStrategies => commitStrategies;
    public InputEvaluator InputEvaluator => inputEvaluator;
    public Type DefaultIncidentStrategy => incidents.Value.DefaultIncidentStrategy;
    public ILogger Logger => logger;
}
