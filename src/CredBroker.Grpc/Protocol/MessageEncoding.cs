using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;

namespace Grpc.Protocol;

/// <summary>How messages are compressed. Source: grpc/doc/compression.md; "deflate" is the zlib format, as in RFC 9110 section 8.4.1.2.</summary>
internal sealed class MessageEncoding
{
    public static readonly MessageEncoding Identity = new("identity", null, null);
    public static readonly MessageEncoding Gzip = new(
        "gzip",
        stream => new GZipStream(stream, CompressionMode.Decompress),
        (stream, level) => new GZipStream(stream, level, leaveOpen: true));

    public static readonly MessageEncoding Deflate = new(
        "deflate",
        stream => new ZLibStream(stream, CompressionMode.Decompress),
        (stream, level) => new ZLibStream(stream, level, leaveOpen: true));

    /// <summary>The value of grpc-accept-encoding.</summary>
    public const string Supported = "identity,gzip,deflate";

    private readonly Func<Stream, Stream>? _inflater;
    private readonly Func<Stream, CompressionLevel, Stream>? _deflater;

    private MessageEncoding(string name, Func<Stream, Stream>? inflater, Func<Stream, CompressionLevel, Stream>? deflater)
    {
        Name = name;
        _inflater = inflater;
        _deflater = deflater;
    }

    public string Name { get; }

    public bool IsIdentity => _inflater is null;

    /// <summary>By its name on the wire; no name means identity; null when it is not supported.</summary>
    public static MessageEncoding? Find(string? name) => name switch
    {
        null or "" or "identity" => Identity,
        "gzip" => Gzip,
        "deflate" => Deflate,
        _ => null,
    };

    /// <summary>True if the other side's grpc-accept-encoding names this encoding.</summary>
    public bool IsAcceptedBy(string? acceptEncoding)
    {
        var list = acceptEncoding.AsSpan();
        foreach (var part in list.Split(','))
        {
            if (list[part].Trim(' ').SequenceEqual(Name)) return true;
        }

        return IsIdentity;
    }

    /// <summary>Inflates one message. The limit holds while inflating, so that a small bomb cannot become a large message.</summary>
    public Inflated Inflate(ReadOnlySequence<byte> compressed, int? maxSize)
    {
        if (_inflater is null || compressed.IsEmpty) return new Inflated.Malformed();

        var limit = maxSize ?? int.MaxValue;
        var inflated = new ArrayBufferWriter<byte>();
        try
        {
            using var source = PipeReader.Create(compressed).AsStream();
            using var stream = _inflater(source);
            while (true)
            {
                var read = stream.Read(inflated.GetSpan(4096));
                if (read == 0) break;
                inflated.Advance(read);
                if (inflated.WrittenCount > limit) return new Inflated.TooLarge();
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            // The source is memory: only the bytes can be wrong (ZLibException, for instance, is an IOException).
            return new Inflated.Malformed();
        }

        return Checksum.Agrees(this, compressed, inflated.WrittenSpan)
            ? new Inflated.Message(inflated.WrittenMemory)
            : new Inflated.Malformed();
    }

    /// <summary>Deflates one message, which is not empty.</summary>
    public ReadOnlyMemory<byte> Compress(ReadOnlySpan<byte> message, CompressionLevel level)
    {
        if (_deflater is null) throw new InvalidOperationException("Identity does not compress.");

        using var output = new MemoryStream();
        using (var stream = _deflater(output, level)) stream.Write(message);
        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }
}

/// <summary>What came out of a compressed message.</summary>
internal abstract record Inflated
{
    private Inflated()
    {
    }

    public sealed record Message(ReadOnlyMemory<byte> Bytes) : Inflated;

    public sealed record TooLarge : Inflated;

    public sealed record Malformed : Inflated;
}
