using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using Microsoft.Extensions.DependencyInjection;

namespace AgentOS.Engine.Runtime.Api.Descriptors;

/// <summary>Activity types as the designer wants to know them.</summary>
internal sealed class ActivityModels(IActivityRegistry registry, TypeNames names, IServiceProvider services)
{
    public async Task<IReadOnlyList<ActivityModel>> ListAsync(CancellationToken cancellation)
    {
        var result = new List<ActivityModel>();
        foreach (var descriptor in registry.ListAll().OrderBy(each => each.TypeName, StringComparer.Ordinal).ThenBy(each => each.Version))
            result.Add(await ModelAsync(descriptor, cancellation));
        return result;
    }

    public async Task<ActivityModel?> FindAsync(string typeName, int? version, CancellationToken cancellation)
    {
        var descriptor = version is { } wanted ? registry.Find(typeName, wanted) : registry.Find(typeName);
        return descriptor is null ? null : await ModelAsync(descriptor, cancellation);
    }

    /// <summary>What an input's handlers offer when the activity is as the designer has it.</summary>
    public async Task<IDictionary<string, object>?> OptionsAsync(string typeName, string property, object? context, CancellationToken cancellation)
    {
        var input = registry.Find(typeName)?.Inputs.FirstOrDefault(each => string.Equals(each.Name, property, StringComparison.OrdinalIgnoreCase));
        return input is null ? null : await SpecificationsAsync(input, context, cancellation);
    }

    private async Task<ActivityModel> ModelAsync(ActivityDescriptor descriptor, CancellationToken cancellation)
    {
        var inputs = new List<InputModel>();
        foreach (var input in descriptor.Inputs) inputs.Add(await ModelAsync(input, cancellation));
        var clrType = TypeNames.Unregistered(descriptor.ClrType);
        return new(
            descriptor.TypeName, clrType, descriptor.Namespace, descriptor.Name, descriptor.Version, descriptor.Category, descriptor.DisplayName, descriptor.Description ?? "",
            inputs, [.. descriptor.Outputs.Select(Model)], descriptor.Kind, descriptor.RunAsynchronously,
            [.. descriptor.Ports.Select(port => new PortModel(port.Name, port.DisplayName ?? port.Name, port.Type, port.IsBrowsable))],
            new Dictionary<string, object>(descriptor.CustomProperties) { ["Type"] = clrType }, descriptor.ConstructionProperties,
            descriptor.IsContainer, descriptor.IsBrowsable, descriptor.IsStart, descriptor.IsTerminal);
    }

    private async Task<InputModel> ModelAsync(InputDescriptor input, CancellationToken cancellation) => new(
        input.IsWrapped, Hint(input.UIHint), input.Category, input.DefaultValue, input.DefaultSyntax is "Literal" ? null : input.DefaultSyntax, input.IsReadOnly ?? false, input.IsSensitive,
        input.AutoEvaluate, await SpecificationsAsync(input, null, cancellation), input.Name, names[input.Type], input.DisplayName, input.Description, input.Order,
        input.IsBrowsable ?? true, input.IsSerializable ?? true, input.IsSynthetic);

    private OutputModel Model(OutputDescriptor output) =>
        new(output.Name, names[output.Type], output.DisplayName, output.Description, output.Order, output.IsBrowsable, output.IsSerializable, output.IsSynthetic);

    // Written both ways by people; the designer knows only one.
    private static string Hint(string hint) => hint switch { "single-line" => "singleline", "multi-line" => "multiline", "multi-text" => "multitext", _ => hint };

    private async Task<IDictionary<string, object>> SpecificationsAsync(InputDescriptor input, object? context, CancellationToken cancellation)
    {
        var result = new Dictionary<string, object>(input.UISpecifications ?? new Dictionary<string, object>());
        if (input.UIHint is InputUIHints.CodeEditor or InputUIHints.JsonEditor && !result.ContainsKey(InputUIHints.CodeEditor))
            result[InputUIHints.CodeEditor] = new { language = input.UIHint == InputUIHints.JsonEditor ? "json" : input.DefaultSyntax is null or "Literal" ? "plaintext" : input.DefaultSyntax.ToLowerInvariant() };
        var attribute = input.PropertyInfo is null ? null : Attribute.GetCustomAttribute(input.PropertyInfo, typeof(InputAttribute)) as InputAttribute;
        Type[] types = [.. attribute?.UIHandlers ?? [], .. attribute?.UIHandler is { } single ? [single] : Array.Empty<Type>()];
        if (types.Length == 0) return result;
        await using var scope = services.CreateAsyncScope();
        foreach (var handler in types.Select(type => (IPropertyUIHandler)ActivatorUtilities.GetServiceOrCreateInstance(scope.ServiceProvider, type)).OrderBy(handler => handler.Priority))
            foreach (var (name, value) in await handler.GetUIPropertiesAsync(input.PropertyInfo!, context, cancellation)) result[name] = value;
        return result;
    }
}
