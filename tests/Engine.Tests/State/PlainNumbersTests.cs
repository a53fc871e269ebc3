using System.Text.Json;
using AgentOS.Engine.Definitions;
using AgentOS.Engine.State;

namespace AgentOS.Engine.Tests.State;

public sealed class PlainNumbersTests
{
    [Theory]
    [InlineData("42", 42)]
    [InlineData("9007199254740993", 9007199254740993L)]
    [InlineData("1.5", 1.5)]
    public void Numbers_of_JSON_keep_their_type_and_every_digit(string json, object number)
    {
        using var document = JsonDocument.Parse(json);
        EngineJson.ToPlain(document.RootElement).ShouldBe(number);
        ValueReader.ReadLiteral(document.RootElement).ShouldBe(number);
    }
}
