using System.IO.Compression;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AgentOS.Engine.Runtime.Api;

/// <summary>JSON files of a form, and those in its zips.</summary>
internal static class UploadedJson
{
    private const int MostFiles = 1000;
    private const long LargestFile = 32 * 1024 * 1024;
    private const long LargestSum = 128 * 1024 * 1024;

    /// <param name="http">The request.</param>
    /// <param name="read">What a file is, by its name and what is in it.</param>
    /// <exception cref="BadRequestException">It is no form of such files, or there is too much in it.</exception>
    public static async Task<List<T>> ReadAsync<T>(HttpContext http, Func<string, ApiRequest, T> read)
    {
        if (!http.Request.HasFormContentType) throw new BadRequestException("Send the files as multipart/form-data.");
        http.Features.Set<IFormFeature>(new FormFeature(http.Request, new FormOptions { MultipartBodyLengthLimit = LargestFile, ValueCountLimit = MostFiles, MultipartHeadersLengthLimit = 8 * 1024, MultipartHeadersCountLimit = 16 }));
        IFormCollection form;
        try
        {
            form = await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (InvalidDataException broken)
        {
            throw new BadRequestException($"The form cannot be read: {broken.Message}");
        }
        if (form.Files.Count is 0 or > MostFiles) throw new BadRequestException($"The form must have between 1 and {MostFiles} files.");
        var all = new List<T>();
        foreach (var file in form.Files)
        {
            await using var content = file.OpenReadStream();
            if (file.FileName.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)) await UnpackAsync(file.FileName, content, (name, json) => all.Add(read(name, json)), http.RequestAborted);
            else all.Add(read(file.FileName, Parse(file.FileName, await ApiRequest.BodyAsync(content, LargestFile, http.RequestAborted))));
        }
        return all;
    }

    private static async Task UnpackAsync(string name, Stream content, Action<string, ApiRequest> take, CancellationToken cancellation)
    {
        try
        {
            using var zip = new ZipArchive(content, ZipArchiveMode.Read);
            if (zip.Entries.Count > MostFiles) throw new BadRequestException($"'{name}' has more than {MostFiles} files in it.");
            var left = LargestSum;
            foreach (var entry in zip.Entries.Where(entry => entry.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)))
            {
                // What an entry says of its size is its author's word: what comes out is counted.
                await using var unpacked = await entry.OpenAsync(cancellation);
                var json = await ApiRequest.BodyAsync(unpacked, Math.Min(LargestFile, left), cancellation);
                left -= json.Length;
                take(entry.Name, Parse(entry.Name, json));
            }
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException or ArgumentException or NotSupportedException)
        {
            throw new BadRequestException($"'{name}' is no zip: {broken.Message}");
        }
    }

    private static ApiRequest Parse(string name, ReadOnlyMemory<byte> json)
    {
        try
        {
            return ApiRequest.Parse(json);
        }
        catch (JsonException broken)
        {
            throw new BadRequestException($"'{name}' is no JSON: {broken.Message}", "serializerErrors");
        }
    }
}
