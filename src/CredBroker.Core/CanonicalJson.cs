using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CredBroker.Core;

/// <summary>
/// How we write JSON that is stored, hashed or compared byte for byte: no spaces, members in the order written, every character as
/// itself where RFC 8259 allows it. Buffers are kept per thread: a document costs its own text and no more.
/// </summary>
internal static class CanonicalJson
{
    // "Unsafe" means: inside HTML. Nothing of ours is, and \u0026 for & would make one text two.
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [ThreadStatic]
    private static Scratch? t_scratch;

    /// <summary>Writes one document as text.</summary>
    public static string Text<TState>(TState state, Action<Utf8JsonWriter, TState> write)
        where TState : allows ref struct =>
        With(state, write, static json => Encoding.UTF8.GetString(json));

    /// <summary>Writes one document as UTF-8.</summary>
    public static byte[] Bytes<TState>(TState state, Action<Utf8JsonWriter, TState> write)
        where TState : allows ref struct =>
        With(state, write, static json => json.ToArray());

    /// <summary>SHA-256 of one document's UTF-8 bytes: 32 bytes.</summary>
    public static byte[] Digest<TState>(TState state, Action<Utf8JsonWriter, TState> write)
        where TState : allows ref struct =>
        With(state, write, static json => SHA256.HashData(json));

    /// <summary>How many bytes one document takes.</summary>
    public static int Length<TState>(TState state, Action<Utf8JsonWriter, TState> write)
        where TState : allows ref struct =>
        With(state, write, static json => json.Length);

    private static TResult With<TState, TResult>(
        TState state, Action<Utf8JsonWriter, TState> write, Func<ReadOnlySpan<byte>, TResult> read)
        where TState : allows ref struct
    {
        // Taken away while the delegate runs: should it write a document itself, or throw half way, these buffers are not reused.
        var scratch = t_scratch ?? new Scratch();
        t_scratch = null;
        scratch.Bytes.ResetWrittenCount();
        scratch.Json.Reset();
        write(scratch.Json, state);
        scratch.Json.Flush();
        var result = read(scratch.Bytes.WrittenSpan);
        t_scratch = scratch;
        return result;
    }

    private sealed class Scratch
    {
        public Scratch() => Json = new(Bytes, Options);

        public ArrayBufferWriter<byte> Bytes { get; } = new(1024);

        public Utf8JsonWriter Json { get; }
    }
}
