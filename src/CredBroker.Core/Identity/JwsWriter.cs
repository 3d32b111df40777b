using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace CredBroker.Core.Identity;

/// <summary>
/// Writes compact JWS signed with ES256 (RFC 7515 section 7.1) under one header that is encoded once. Thread-safe: buffers are kept per
/// thread, so a token costs its signature (30 us) and hardly any allocation. It does not verify what it signed
/// (decision 14).
/// </summary>
public sealed class JwsWriter
{
    private const int SignatureLength = 64;

    [ThreadStatic]
    private static Scratch? scratch;

    private readonly byte[] _header;

    /// <summary>Makes a writer for tokens of one type under one key: header <c>{"alg":"ES256","typ":…,"kid":…}</c>.</summary>
    /// <param name="type"><c>typ</c>, such as <c>at+jwt</c> (RFC 9068 section 2.1).</param>
    /// <param name="keyId"><c>kid</c> of the key that every call will be given.</param>
    public JwsWriter(string type, string keyId)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        ArgumentException.ThrowIfNullOrEmpty(keyId);
        _header = Encode(header =>
        {
            header.WriteString("typ", type);
            header.WriteString("kid", keyId);
        });
    }

    /// <summary>A writer for DPoP proofs: the public key goes into the header (RFC 9449 section 4.2).</summary>
    internal JwsWriter(string type, PublicJwk embedded) => _header = Encode(header =>
    {
        header.WriteString("typ", type);
        header.WritePropertyName("jwk");
        header.WriteRawValue(embedded.ToJson());
    });

    /// <summary>Writes a token as text.</summary>
    /// <param name="key">A P-256 private key; it is used by this thread only while the call lasts.</param>
    /// <param name="state">Handed to <paramref name="writeClaims"/>, so that the delegate can be static.</param>
    /// <param name="writeClaims">Writes the members of the payload; the braces are written for it.</param>
    public string Write<TState>(ECDsa key, TState state, Action<Utf8JsonWriter, TState> writeClaims)
        where TState : allows ref struct
    {
        var signed = Sign(key, state, writeClaims);
        return string.Create(signed.Length, signed, static (text, bytes) => Ascii.ToUtf16(bytes, text, out _));
    }

    /// <summary>Writes a token as ASCII bytes to <paramref name="destination"/>, without allocating the text.</summary>
    /// <inheritdoc cref="Write{TState}(ECDsa, TState, Action{Utf8JsonWriter, TState})"/>
    public void Write<TState>(IBufferWriter<byte> destination, ECDsa key, TState state, Action<Utf8JsonWriter, TState> writeClaims)
        where TState : allows ref struct
    {
        ArgumentNullException.ThrowIfNull(destination);
        destination.Write(Sign(key, state, writeClaims));
    }

    private ReadOnlySpan<byte> Sign<TState>(ECDsa key, TState state, Action<Utf8JsonWriter, TState> writeClaims)
        where TState : allows ref struct
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(writeClaims);
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.KeySize, 256);

        // Taken away while the delegate runs: should it write a token itself, or throw half way, these buffers are not reused.
        var buffers = scratch ?? new Scratch();
        scratch = null;
        var payload = buffers.Write(state, writeClaims);
        var signingLength = _header.Length + 1 + Base64Url.GetEncodedLength(payload.Length);
        var token = buffers.Token(signingLength + 1 + Base64Url.GetEncodedLength(SignatureLength));
        _header.CopyTo(token);
        token[_header.Length] = (byte)'.';
        Base64Url.EncodeToUtf8(payload, token[(_header.Length + 1)..]);
        token[signingLength] = (byte)'.';

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(token[..signingLength], digest);
        Span<byte> signature = stackalloc byte[SignatureLength];
        var signed = key.TrySignHash(digest, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation, out var written);
        Debug.Assert(signed && written == SignatureLength, "P-256 signatures are 64 bytes");
        Base64Url.EncodeToUtf8(signature, token[(signingLength + 1)..]);
        scratch = buffers;
        return token;
    }

    private static byte[] Encode(Action<Utf8JsonWriter> rest)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var header = new Utf8JsonWriter(buffer);
        header.WriteStartObject();
        header.WriteString("alg", "ES256");
        rest(header);
        header.WriteEndObject();
        header.Flush();
        return Base64Url.EncodeToUtf8(buffer.WrittenSpan);
    }

    /// <summary>The buffers of one thread. They keep the size of the largest token written there.</summary>
    private sealed class Scratch : IDisposable
    {
        private readonly ArrayBufferWriter<byte> _payload = new(1024);
        private readonly Utf8JsonWriter _json;
        private byte[] _token = new byte[2048];

        public Scratch() => _json = new(_payload, CanonicalJson.Options);

        // Never called: the buffers live as long as their thread, and hold nothing but memory.
        public void Dispose() => _json.Dispose();

        public ReadOnlySpan<byte> Write<TState>(TState state, Action<Utf8JsonWriter, TState> writeClaims)
            where TState : allows ref struct
        {
            _payload.ResetWrittenCount();
            _json.Reset();
            _json.WriteStartObject();
            writeClaims(_json, state);
            _json.WriteEndObject();
            _json.Flush();
            return _payload.WrittenSpan;
        }

        public Span<byte> Token(int length)
        {
            if (_token.Length < length) _token = new byte[length];
            return _token.AsSpan(0, length);
        }
    }
}
