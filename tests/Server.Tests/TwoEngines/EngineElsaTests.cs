using Shouldly;
using Xunit;

namespace AgentOS.Server.Tests.TwoEngines;

/// <summary>Built for Elsa's own packages, the activities and the server use nothing but what those have.</summary>
public sealed class EngineElsaTests(ElsaCompiler compiler, Projects projects) : IClassFixture<ElsaCompiler>, IClassFixture<Projects>
{
    [Fact]
    public void The_listing_is_understood() => compiler.ElsaErrors.ShouldBeEmpty();

    [Fact]
    public async Task Activities_and_server_compile_against_Elsa()
    {
        var (activitiesProject, serverProject) = await projects.Read;
        var activities = compiler.Compile(activitiesProject);
        var server = compiler.Compile(serverProject, activities);

        ElsaCompiler.Errors(activities).ShouldBeEmpty();
        ElsaCompiler.Errors(server).ShouldBeEmpty();
    }

    [Fact]
    public async Task Elsas_packages_take_the_place_of_our_engine()
    {
        var (activities, server) = await projects.Read;

        activities.References.Concat(server.References).ShouldNotContain("Engine");
        activities.Packages.ShouldContain("Elsa");
        server.Files.Select(Path.GetFileName).Where(file => file!.StartsWith("EngineSetup", StringComparison.Ordinal)).ShouldBe(["EngineSetup.Elsa.cs"]);
    }

    [Theory]
    [InlineData("var answer = AgentOS.Engine.EngineCore.Answer;", "CS0234")]
    [InlineData("var activity = new Elsa.Workflows.Activities.WriteLine(\"x\") { Txt = new(\"y\") };", "CS0117")]
    [InlineData("new Elsa.Workflows.Models.ActivityHandle().ToString(); Elsa.Workflows.Activity none = new Elsa.Workflows.Activity();", "CS0144")]
    [InlineData("System.Func<Elsa.Workflows.ActivityExecutionContext, System.Threading.Tasks.ValueTask> end = context => context.CompleteActivityAsync(1, 2, 3);", "CS1501")]
    public void What_Elsa_lacks_is_found(string statement, string error)
    {
        var probe = compiler.Compile("Probe", [("Probe.cs", $"class Probe {{ void Use() {{\n{statement}\n}} }}")], [compiler.Elsa]);

        ElsaCompiler.Errors(probe).ShouldContain(found => found.StartsWith("Probe.cs(2,", StringComparison.Ordinal) && found.Contains(error, StringComparison.Ordinal));
    }
}
