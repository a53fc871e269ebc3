namespace Elsa.Http;

/// <summary>A file that was fetched.</summary>
public class HttpFile
{
    public HttpFile() { }

    public HttpFile(Stream stream, string? filename = null, string? contentType = null, string? eTag = null)
    {
        Stream = stream;
        Filename = filename;
        ContentType = contentType;
        ETag = eTag;
    }

    public Stream Stream { get; set; } = null!;
    public string? Filename { get; set; }
    public string? ContentType { get; set; }
    public string? ETag { get; set; }

    /// <summary>The whole content, from its beginning where the stream can go back.</summary>
    public byte[] GetBytes()
    {
        using var copy = new MemoryStream();
        Rewound().CopyTo(copy);
        return copy.ToArray();
    }

    public StreamContent GetStreamContent()
    {
        var content = new StreamContent(Rewound());
        if (ContentType is { Length: > 0 } type) content.Headers.ContentType = new(type);
        return content;
    }

    /// <summary>What the other side calls it: a name, never a path.</summary>
    internal static string NameOf(HttpResponseMessage answer)
    {
        var disposition = answer.Content.Headers.ContentDisposition;
        var name = disposition?.FileNameStar ?? disposition?.FileName?.Trim('"') ?? answer.RequestMessage?.RequestUri?.Segments.LastOrDefault()?.Trim('/');
        return Path.GetFileName(name?.Replace('\\', '/')) is { Length: > 0 } plain ? plain : "file.dat";
    }

    internal Stream Rewound()
    {
        if (Stream.CanSeek) Stream.Position = 0;
        return Stream;
    }
}

/// <summary>A file to be sent.</summary>
public class Downloadable
{
    public Downloadable() { }

    public Downloadable(Stream stream, string? filename = null, string? contentType = null, string? eTag = null)
    {
        Stream = stream;
        Filename = filename;
        ContentType = contentType;
        ETag = eTag;
    }

    public Stream Stream { get; set; } = null!;
    public string? Filename { get; set; }
    public string? ContentType { get; set; }
    public string? ETag { get; set; }
}
