using System.Text;
using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.Core.Tokens;
using CredBroker.Server.Wire;

namespace CredBroker.Server.Attestation;

/// <summary>Reads <c>public_jwk</c>: what the identity token will be bound to.</summary>
internal static class PublicKeyField
{
    private const string Name = "public_jwk";
    private const int LongestKey = 1_024;

    /// <summary>The binding; null, with the mistake noted in <paramref name="fields"/>, when there is none.</summary>
    /// <param name="fields">Notes mistakes.</param>
    /// <param name="text">JSON, or empty: then the certificate is what counts.</param>
    /// <param name="certificate">The verified client certificate of the connection, if any.</param>
    public static Binding? Read(Fields fields, string text, X509SvidOutcome.Verified? certificate)
    {
        if (text.Length == 0 && certificate is not null)
            return new Binding.X5tS256(certificate.Thumbprint);
        if (text.Length == 0)
            return Refuse(fields, Reason.FieldMissing, "is required without a client certificate");
        if (text.Length > LongestKey || Encoding.UTF8.GetByteCount(text) > LongestKey)
            return Refuse(fields, Reason.FieldTooLong, $"at most {LongestKey} bytes of JSON");
        if (!PublicJwk.TryParse(text, out var key, out var refusal))
            return Refuse(fields, Reason.FieldMalformed, $"not a public key: {refusal}");
        if (key.Kind != JwkKind.P256)
            return Refuse(fields, Reason.FieldMalformed, "an EC key on P-256 is expected");
        // A point off the curve is no key; found now, not at the first proof.
        return VerificationKey.TryImport(key, out _)
            ? new Binding.Jkt(key.Thumbprint)
            : Refuse(fields, Reason.FieldMalformed, $"not a public key: {JwkRefusal.InvalidPoint}");
    }

    private static Binding? Refuse(Fields fields, Reason reason, string detail)
    {
        fields.Refuse(reason, Name, detail);
        return null;
    }
}
