using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Tokens;

/// <summary>
/// Writes the payload of a token: a JWT access token (RFC 9068 section 2.2) with <c>authorization_details</c> (RFC 9396 section 9.1),
/// <c>cnf</c> (RFC 7800), <c>act</c> (RFC 8693 section 4.1), <c>task</c>, and <c>txn</c>: the root task.
/// </summary>
public static class TokenClaims
{
    /// <summary>The <c>typ</c> of the header (RFC 9068 section 2.1).</summary>
    public const string Type = "at+jwt";

    /// <summary>Writes the members of the payload; the braces are the caller's.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="token">What was approved, and who we are: the <c>iss</c>.</param>
    public static void Write(Utf8JsonWriter json, (ApprovedGrant Grant, string Issuer) token)
    {
        var grant = token.Grant;
        json.WriteString("iss"u8, token.Issuer);
        // RFC 8693: the subject is on whose behalf, the outermost actor is who acts. In a root task they are one.
        json.WriteString("sub"u8, (grant.Above.IsEmpty ? grant.Workload : grant.Above[0]).ToString());
        json.WriteString("aud"u8, grant.Audience);
        json.WriteNumber("exp"u8, grant.ExpiresAt.ToUnixTimeSeconds());
        json.WriteNumber("iat"u8, grant.IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("nbf"u8, grant.IssuedAt.ToUnixTimeSeconds());
        json.WriteString("jti"u8, grant.Jti.Value);
        json.WriteString("client_id"u8, grant.Workload.ToString());
        json.WriteString(EvidenceKinds.ClientClaim, grant.AttestedBy.Word());
        WriteConfirmation(json, grant.Binding);
        json.WritePropertyName("authorization_details"u8);
        CapabilityJson.WriteDetails(json, grant.Capability);
        WriteActors(json, grant.Workload, grant.Above);
        json.WriteString("task"u8, grant.Task.Value);
        json.WriteString("txn"u8, grant.Root.Value);
    }

    /// <summary>The payload as UTF-8 JSON.</summary>
    public static byte[] ToUtf8(ApprovedGrant grant, string issuer) => CanonicalJson.Bytes((grant, issuer), static (json, token) =>
    {
        json.WriteStartObject();
        Write(json, token);
        json.WriteEndObject();
    });

    /// <summary>The first bytes of the payload of every token of an issuer, up to the comma after <c>iss</c>.</summary>
    public static byte[] StartOf(string issuer) =>
    [
        .. CanonicalJson.Bytes(issuer, static (json, issuer) =>
        {
            json.WriteStartObject();
            json.WriteString("iss"u8, issuer);
            json.WriteEndObject();
        }).AsSpan()[..^1],
        (byte)','
    ];

    private static void WriteConfirmation(Utf8JsonWriter json, Binding binding)
    {
        if (binding is Binding.Bearer) return;
        json.WriteStartObject("cnf"u8);
        switch (binding)
        {
            case Binding.Jkt key:
                json.WriteString("jkt"u8, key.Thumbprint.ToString());
                break;
            case Binding.X5tS256 certificate:
                json.WriteString("x5t#S256"u8, certificate.Thumbprint.ToString());
                break;
            default:
                throw new UnreachableException();
        }

        json.WriteEndObject();
    }

    // Who acts now outermost, then who it acts for, up to the one below the subject.
    private static void WriteActors(Utf8JsonWriter json, SpiffeId workload, ImmutableArray<SpiffeId> above)
    {
        if (above.IsEmpty) return;
        json.WriteStartObject("act"u8);
        json.WriteString("sub"u8, workload.ToString());
        for (var i = above.Length - 1; i > 0; i--)
        {
            json.WriteStartObject("act"u8);
            json.WriteString("sub"u8, above[i].ToString());
        }

        for (var i = 0; i < above.Length; i++) json.WriteEndObject();
    }
}
