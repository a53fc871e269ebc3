using System.Globalization;

namespace Elsa.Common.Models
{
    /// <summary>Which version of a definition is meant. As text: Latest, Published, LatestOrPublished, LatestAndPublished, Draft, AllVersions or a number.</summary>
    public readonly struct VersionOptions
    {
        public static readonly VersionOptions Latest = new() { IsLatest = true };
        public static readonly VersionOptions Published = new() { IsPublished = true };
        public static readonly VersionOptions LatestOrPublished = new() { IsLatestOrPublished = true };
        public static readonly VersionOptions LatestAndPublished = new() { IsLatestAndPublished = true };
        public static readonly VersionOptions Draft = new() { IsDraft = true };
        public static readonly VersionOptions All = new() { AllVersions = true };

        public bool IsLatest { get; private init; }
        public bool IsLatestOrPublished { get; private init; }
        public bool IsLatestAndPublished { get; private init; }
        public bool IsPublished { get; private init; }
        public bool IsDraft { get; private init; }
        public bool AllVersions { get; private init; }
        public int Version { get; private init; }

        public static VersionOptions SpecificVersion(int version) => new() { Version = version };

        public static VersionOptions FromString(string value) =>
            TryParse(value, out var options) ? options : throw new FormatException($"'{value}' names no version. Use Latest, Published, LatestOrPublished, LatestAndPublished, Draft, AllVersions or a number.");

        public static bool TryParse(string? value, out VersionOptions versionOptions)
        {
            VersionOptions? parsed = value?.ToUpperInvariant() switch
            {
                "LATEST" => Latest,
                "PUBLISHED" => Published,
                "LATESTORPUBLISHED" => LatestOrPublished,
                "LATESTANDPUBLISHED" => LatestAndPublished,
                "DRAFT" => Draft,
                "ALLVERSIONS" or "ALL" => All,
                _ => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? SpecificVersion(number) : null
            };
            versionOptions = parsed ?? default;
            return parsed is not null;
        }

        public override string ToString() => this switch
        {
            { IsLatest: true } => "Latest",
            { IsPublished: true } => "Published",
            { IsLatestOrPublished: true } => "LatestOrPublished",
            { IsLatestAndPublished: true } => "LatestAndPublished",
            { IsDraft: true } => "Draft",
            { AllVersions: true } => "AllVersions",
            _ => Version.ToString(CultureInfo.InvariantCulture)
        };
    }
}

namespace Elsa.Workflows.Models
{
    /// <summary>Names a version of a definition.</summary>
    public class WorkflowDefinitionHandle
    {
        public string? DefinitionId { get; init; }
        public Elsa.Common.Models.VersionOptions? VersionOptions { get; init; }
        public string? DefinitionVersionId { get; init; }

        public static WorkflowDefinitionHandle ByDefinitionId(string definitionId, Elsa.Common.Models.VersionOptions? versionOptions = null) => new() { DefinitionId = definitionId, VersionOptions = versionOptions };
        public static WorkflowDefinitionHandle ByDefinitionVersionId(string definitionVersionId) => new() { DefinitionVersionId = definitionVersionId };

        public override string ToString() => DefinitionVersionId ?? $"{DefinitionId}:{VersionOptions ?? Elsa.Common.Models.VersionOptions.Published}";
    }
}
