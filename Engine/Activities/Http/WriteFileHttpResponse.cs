using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using AgentOS.Engine.Http;
using AgentOS.Engine.Services;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace Elsa.Http;

/// <summary>Answers the HTTP request with a file, or with several in one archive.</summary>
[Activity("Elsa", "HTTP", "Answers the HTTP request with a file; several are sent as one zip archive.", DisplayName = "HTTP File Response")]
public class WriteFileHttpResponse : Activity
{
    private static readonly FileExtensionContentTypeProvider Types = new();

    [Input(DisplayName = "Content type", Description = "Without one, it is the file's own, or depends on its name.")]
    public Input<string?> ContentType { get; set; } = null!;

    [Input(DisplayName = "File name", Description = "Under which it is saved. Without one, it is the file's own.")]
    public Input<string?> Filename { get; set; } = null!;

    [Input(DisplayName = "Entity tag", Description = "Names this very content, so that a caller can ask for the rest of it. Without one, it is made of the content.")]
    public Input<string?> EntityTag { get; set; } = null!;

    [Input(Description = "What to send: bytes, a stream, text, an address to fetch, a file that was fetched or received, or a list of these.")]
    public Input<object?> Content { get; set; } = null!;

    [Input(DisplayName = "Parts may be asked for", Description = "Lets a caller go on with an archive where its download broke off. A single file always can be.")]
    public Input<bool> EnableResumableDownloads { get; set; } = null!;

    [Input(DisplayName = "Download id", Description = "Kept for the sake of definitions that set it: the same files make the same archive, so none has to be remembered.")]
    public Input<string?> DownloadCorrelationId { get; set; } = null!;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var http = HttpAnswer.Required(context);
        HttpAnswer.Claim(http);
        var files = await FilesAsync(context, Content.GetOrDefault(context)).ToListAsync(context.CancellationToken);
        HttpTriggers.AnswerWith(http, files switch
        {
            [] => Results.NoContent(),
            [var file] => Answer(context, file, ranges: true),
            _ => Answer(context, Archive(files), EnableResumableDownloads.GetOrDefault(context)),
        });
        await context.CompleteActivityAsync();
    }

    private IResult Answer(ActivityExecutionContext context, NamedFile file, bool ranges)
    {
        var name = Given(Filename.GetOrDefault(context)) ?? file.Name ?? "file.bin";
        var type = Given(ContentType.GetOrDefault(context)) ?? Given(file.Type) ?? (Types.TryGetContentType(name, out var known) ? known : "application/octet-stream");
        var tag = Given(EntityTag.GetOrDefault(context)) ?? Given(file.Tag) ?? Convert.ToHexStringLower(SHA256.HashData(file.Bytes).AsSpan(0, 16));
        return Results.Bytes(file.Bytes, type, name, ranges, entityTag: EntityTagHeaderValue.TryParse(tag, out var whole) ? whole : new($"\"{tag.Replace("\"", "", StringComparison.Ordinal)}\""));
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private static async IAsyncEnumerable<NamedFile> FilesAsync(ActivityExecutionContext context, object? content)
    {
        switch (content)
        {
            case null: yield break;
            case byte[] bytes: yield return new(bytes, null, null, null); break;
            case HttpFile file: yield return new(file.GetBytes(), file.Filename, file.ContentType, file.ETag); break;
            case Downloadable file: yield return new(new HttpFile(file.Stream).GetBytes(), file.Filename, file.ContentType, file.ETag); break;
            case IFormFile file: yield return new(new HttpFile(file.OpenReadStream()).GetBytes(), file.FileName, file.ContentType, null); break;
            case Stream stream: yield return new(new HttpFile(stream).GetBytes(), null, null, null); break;
            case Uri address: yield return await FetchAsync(context, address); break;
            case string text when Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https": yield return await FetchAsync(context, address); break;
            case string text: yield return new(Encoding.UTF8.GetBytes(text), "file.txt", "text/plain", null); break;
            case System.Collections.IEnumerable many and not IDictionary<string, object>:
                foreach (var each in many)
                    await foreach (var file in FilesAsync(context, each)) yield return file;
                break;
            default: yield return new(AgentOS.Engine.State.EngineJson.ToUtf8(content), "file.json", "application/json", null); break;
        }
    }

    private static async Task<NamedFile> FetchAsync(ActivityExecutionContext context, Uri address)
    {
        using var request = OutgoingRequest.Create(address, null, null, false, null, null, null);
        using var answer = await context.GetRequiredService<OutgoingHttp>().SendAsync(request, context.CancellationToken);
        answer.EnsureSuccessStatusCode();
        return new(await answer.Content.ReadAsByteArrayAsync(context.CancellationToken), HttpFile.NameOf(answer), answer.Content.Headers.ContentType?.MediaType, answer.Headers.ETag?.Tag);
    }

    // The same files make the same bytes: no times of today.
    private static NamedFile Archive(List<NamedFile> files)
    {
        var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var (index, file) in files.Index())
            {
                var name = System.IO.Path.GetFileName(file.Name?.Replace('\\', '/')) is { Length: > 0 } plain ? plain : "file.bin";
                if (!names.Add(name)) names.Add(name = $"{index + 1}-{name}");
                var entry = archive.CreateEntry(name);
                entry.LastWriteTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using var stream = entry.Open();
                stream.Write(file.Bytes);
            }
        }
        return new(bytes.ToArray(), "download.zip", "application/zip", null);
    }

    private sealed record NamedFile(byte[] Bytes, string? Name, string? Type, string? Tag);
}
