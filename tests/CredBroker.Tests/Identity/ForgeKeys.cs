using System.Buffers.Text;
using System.Security.Cryptography;
using CredBroker.Core.Identity;

namespace CredBroker.Tests.Identity;

/// <summary>Private keys for tests, made once per process, and their public JWKs as JSON text.</summary>
public static class ForgeKeys
{
    public static ECDsa P256 { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static ECDsa OtherP256 { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static ECDsa P384 { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    public static RSA Rsa { get; } = RSA.Create(2048);

    /// <summary>The JWK of an EC key; <paramref name="more"/> is further members as JSON, such as <c>"kid":"a","use":"sig"</c>.</summary>
    public static string Jwk(ECDsa key, string more = "")
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        var crv = key.KeySize == 256 ? "P-256" : "P-384";
        return $$"""{"kty":"EC","crv":"{{crv}}","x":"{{Text(parameters.Q.X!)}}","y":"{{Text(parameters.Q.Y!)}}"{{Tail(more)}}}""";
    }

    public static string Jwk(RSA key, string more = "")
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return $$"""{"kty":"RSA","n":"{{Text(parameters.Modulus!)}}","e":"{{Text(parameters.Exponent!)}}"{{Tail(more)}}}""";
    }

    public static PublicJwk Parse(string jwk) =>
        PublicJwk.TryParse(jwk, out var parsed, out var refusal) ? parsed : throw new InvalidOperationException($"{refusal}: {jwk}");

    public static VerificationKey Import(string jwk) =>
        VerificationKey.TryImport(Parse(jwk), out var key) ? key : throw new InvalidOperationException($"no import: {jwk}");

    /// <summary>A JWKS of these JWKs.</summary>
    public static string Set(params string[] jwks) => $$"""{"keys":[{{string.Join(',', jwks)}}]}""";

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);

    private static string Tail(string more) => more.Length == 0 ? "" : "," + more;
}
