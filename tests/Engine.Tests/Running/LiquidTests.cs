namespace AgentOS.Engine.Tests.Running;

/// <summary>Filters of Liquid templates: what replaces a standard one does what that does.</summary>
public sealed class LiquidTests
{
    [Theory]
    [InlineData("{{ 'a.b.c' | replace: '.', '-' }}", "a-b-c")]
    [InlineData("{{ 'a.b.c' | replace: '.' }}", "abc")]
    [InlineData("{{ 'aaa' | replace: 'aa', 'b' }}", "ba")]
    [InlineData("{{ 'abc' | replace: '', 'x' }}{{ nothing | replace: 'a', 'x' }}", "abc")]
    [InlineData("{{ 'a1b1' | replace: 1, 2 }}", "a2b2")]
    [InlineData("{{ 'a.b.c' | replace_first: '.', '$0-' }} {{ 'abc' | replace_first: '.', '-' }}", "a$0-b.c abc")]
    [InlineData("{{ 'a.b.c' | remove_first: '.' }} {{ 'a.b.c' | remove: '.' }} {{ 'abc' | remove: '.' }}{{ 'abc' | remove_first: '.' }}", "ab.c abc abcabc")]
    [InlineData("{{ 'a,b,c' | split: ',' | join: '-' }}", "a-b-c")]
    [InlineData("{{ 'a,b' | split: ',' | join }}", "a b")]
    [InlineData("{{ 'ab' | times: 3 | join: '-' }}", "ab-ab-ab")]
    [InlineData("{{ 3 | times: 4 }} {{ 3 | plus: 4 }} {{ 1.5 | plus: 1 }} {{ 'a' | plus: 'b' }}", "12 7 2.5 ab")]
    [InlineData("{% assign a = 'a,b' | split: ',' %}{{ a | concat: a | join: '' }}{{ a | size }}", "abab2")]
    [InlineData("{{ '2026-01-02' | date: '%Y/%m' }}", "2026/01")]
    [InlineData("{{ 'b' | append: 'c' | prepend: 'a' }} {{ 'a' | base64 }} {{ 'a' | json }}", "abc YQ== \"a\"")]
    [InlineData("{% assign x = 'a' %}{% for i in (1..2) %}{% assign x = x | append: 'b' %}{% endfor %}{{ x }}", "abb")]
    public async Task A_filter_makes_what_authors_expect(string template, string text)
    {
        using var engine = new InMemoryEngine();
        engine.Define($$$"""
            {"definitionId":"liquid","root":{"id":"w","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"Liquid","value":{{{System.Text.Json.JsonSerializer.Serialize(template)}}} } } } }
            """);

        (await engine.StartAsync("liquid")).State.Incidents.ShouldBeEmpty();

        engine.Output.ToString().Trim().ShouldBe(text);
    }
}
