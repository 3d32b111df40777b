using System.Text.Json;

namespace CredBroker.Core.Identity;

/// <summary>The protected header of a compact JWS, after the allow-list.</summary>
/// <param name="Algorithm"><c>alg</c>: a claim of the sender's, to be compared with the key's algorithm, never followed.</param>
/// <param name="KeyId"><c>kid</c>, if present: at least one character.</param>
/// <param name="Type"><c>typ</c>, if present, as sent.</param>
/// <param name="EmbeddedKey"><c>jwk</c> where <see cref="JwsLimits.EmbeddedKey"/> demands it; not yet looked into.</param>
public sealed record JwsHeader(JwsAlgorithm Algorithm, string? KeyId, string? Type, JsonElement? EmbeddedKey)
{
    internal static JwsRefusal? Read(JsonElement root, bool embeddedKey, out JwsHeader? header)
    {
        header = null;
        string? alg = null, kid = null, typ = null;
        JsonElement? jwk = null;
        foreach (var member in root.EnumerateObject())
        {
            switch (member.Name)
            {
                case "alg": alg = Text(member.Value); if (alg is null) return JwsRefusal.AlgorithmNotAllowed; break;
                case "kid": kid = Text(member.Value); if (kid is null) return JwsRefusal.MalformedHeader; break;
                case "typ": typ = Text(member.Value); if (typ is null) return JwsRefusal.MalformedHeader; break;
                // Certificate thumbprints are hints that some issuers send; our key choice ignores them.
                case "x5t" or "x5t#S256": if (Text(member.Value) is null) return JwsRefusal.MalformedHeader; break;
                case "jwk" when embeddedKey:
                    if (member.Value.ValueKind != JsonValueKind.Object) return JwsRefusal.EmbeddedKeyMissing;
                    jwk = member.Value;
                    break;
                case "crit": return JwsRefusal.CriticalHeader;
                case "b64" or "zip" or "enc": return JwsRefusal.TransformedPayload;
                case "jwk" or "jku" or "x5u" or "x5c": return JwsRefusal.ForeignKey;
                default: return JwsRefusal.UnknownHeader;
            }
        }
        if (JwsAlgorithmNames.Parse(alg) is not { } algorithm) return JwsRefusal.AlgorithmNotAllowed;
        if (embeddedKey && jwk is null) return JwsRefusal.EmbeddedKeyMissing;
        header = new(algorithm, kid, typ, jwk);
        return null;
    }

    private static string? Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
