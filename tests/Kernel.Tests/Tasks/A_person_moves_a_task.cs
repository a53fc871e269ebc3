using AgentOS.Kernel.Tasks;
using static AgentOS.Kernel.Tasks.TaskState;

namespace AgentOS.Kernel.Tests.Tasks;

public sealed class A_person_moves_a_task
{
    [Theory]
    [InlineData(Assigned, Inbox, typeof(TaskMove.Unassign))]
    [InlineData(Inbox, Assigned, typeof(TaskMove.Assign))]
    [InlineData(InProgress, Assigned, typeof(TaskMove.Assign))]
    [InlineData(Blocked, Inbox, typeof(TaskMove.Retry))]
    [InlineData(Blocked, InProgress, typeof(TaskMove.Retry))]
    [InlineData(InProgress, Blocked, typeof(TaskMove.Stop))]
    [InlineData(Review, Done, typeof(TaskMove.Approve))]
    [InlineData(Review, InProgress, typeof(TaskMove.Reject))]
    [InlineData(Inbox, Inbox, typeof(TaskMove.Stay))]
    [InlineData(Inbox, InProgress, typeof(TaskMove.Refused))]
    [InlineData(InProgress, Done, typeof(TaskMove.Refused))]
    [InlineData(InProgress, Review, typeof(TaskMove.Refused))]
    [InlineData(Done, Inbox, typeof(TaskMove.Refused))]
    [InlineData(Cancelled, Blocked, typeof(TaskMove.Refused))]
    public void and_means_one_decision_or_is_told_why_not(TaskState from, TaskState to, Type move) => TaskMove.Of(from, to).ShouldBeOfType(move);

    /// <summary>What is offered without a question, the rules do not refuse.</summary>
    [Fact]
    public void and_the_rules_agree_with_what_is_offered()
    {
        foreach (var from in Enum.GetValues<TaskState>())
            foreach (var to in Enum.GetValues<TaskState>())
            {
                TaskCommand? command = TaskMove.Of(from, to) switch
                {
                    TaskMove.Unassign => new TaskCommand.Unassign(),
                    TaskMove.Assign => new TaskCommand.Assign(Guid.NewGuid()),
                    TaskMove.Retry => new TaskCommand.Retry(),
                    TaskMove.Stop => new TaskCommand.Stop("why"),
                    _ => null,
                };
                if (command is not null) TaskRules.Decide(Task(from), command).ShouldNotBeOfType<TaskDecision.Refused>($"{from} to {to}");
            }
    }

    private static AgentTask Task(TaskState state) => new(
        Guid.NewGuid(), TaskKind.Code, "Task", null, state, 0, state == Inbox ? null : Guid.NewGuid(), null, null, Guid.NewGuid(), null, null, null, 1, 3, null, null, null, null, null, 0, 0, null, 0, [], null,
        DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, null, null);
}
