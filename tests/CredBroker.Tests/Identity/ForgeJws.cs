using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace CredBroker.Tests.Identity;

/// <summary>Makes compact JWS from raw header and payload text, good ones and forged ones: nothing is checked here.</summary>
public static class ForgeJws
{
    public const string Es256 = """{"alg":"ES256","typ":"JWT","kid":"k1"}""";

    public static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    /// <summary>Header and payload with a signature that is only bytes.</summary>
    public static string Unsigned(string header, string payload, byte[]? signature = null) =>
        $"{Encode(header)}.{Encode(payload)}.{Base64Url.EncodeToString(signature ?? new byte[64])}";

    /// <summary>ES256 for a P-256 key, ES384 for a P-384 key, whatever the header says.</summary>
    public static string Sign(ECDsa key, string header, string payload) => SignText(key, $"{Encode(header)}.{Encode(payload)}");

    /// <summary>Signs text that is already encoded, however badly.</summary>
    public static string SignText(ECDsa key, string signingInput) => Append(signingInput, key.SignData(
        Encoding.ASCII.GetBytes(signingInput), key.KeySize == 256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384));

    /// <summary>RS256, or PS256 with the other padding.</summary>
    public static string Sign(RSA key, string header, string payload, RSASignaturePadding? padding = null)
    {
        var input = $"{Encode(header)}.{Encode(payload)}";
        return Append(input, key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, padding ?? RSASignaturePadding.Pkcs1));
    }

    /// <summary>HS256 with any bytes as the shared secret: the confusion attack uses the public key's text.</summary>
    public static string SignHmac(byte[] secret, string header, string payload)
    {
        var input = $"{Encode(header)}.{Encode(payload)}";
        return Append(input, HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(input)));
    }

    /// <summary>The same token with another signature.</summary>
    public static string WithSignature(string token, byte[] signature) => Append(token[..token.LastIndexOf('.')], signature);

    public static byte[] SignatureOf(string token) => Base64Url.DecodeFromChars(token.AsSpan(token.LastIndexOf('.') + 1));

    /// <summary>ES256 with an ASN.1 DER signature, as other protocols have it.</summary>
    public static string SignDer(ECDsa key, string header, string payload)
    {
        var input = $"{Encode(header)}.{Encode(payload)}";
        return Append(input, key.SignData(
            Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    private static string Append(string signingInput, byte[] signature) => $"{signingInput}.{Base64Url.EncodeToString(signature)}";
}
