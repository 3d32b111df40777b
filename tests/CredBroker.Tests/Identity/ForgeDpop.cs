using System.Security.Cryptography;
using CredBroker.Core.Identity;

namespace CredBroker.Tests.Identity;

/// <summary>Makes DPoP proofs member by member, so that each can be wrong. The default is a good one for <see cref="Path"/>.</summary>
public sealed record ForgeDpop
{
    public const string Path = "/credbroker.v1.Tokens/Mint";
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1792497600);

    public ECDsa Key { get; init; } = ForgeKeys.P256;

    public string Type { get; init; } = "\"dpop+jwt\"";

    public string Algorithm { get; init; } = "\"ES256\"";

    /// <summary>JSON of the embedded key; <see langword="null"/> for the signing key's own.</summary>
    public string? Jwk { get; init; }

    public string? Jti { get; init; } = "\"j1\"";

    public string? Htm { get; init; } = "\"POST\"";

    public string? Htu { get; init; } = $"\"https://broker.example{Path}\"";

    public string? Iat { get; init; } = "1792497600";

    public string? Ath { get; init; }

    public string? Nonce { get; init; }

    public string Header => $$"""{"typ":{{Type}},"alg":{{Algorithm}},"jwk":{{Jwk ?? ForgeKeys.Jwk(Key)}}}""";

    public string Payload
    {
        get
        {
            var members = new (string Name, string? Json)[]
            {
                ("jti", Jti), ("htm", Htm), ("htu", Htu), ("iat", Iat), ("ath", Ath), ("nonce", Nonce),
            };
            return "{" + string.Join(',', members.Where(m => m.Json is not null).Select(m => $"\"{m.Name}\":{m.Json}")) + "}";
        }
    }

    public string Sign() => ForgeJws.Sign(Key, Header, Payload);

    /// <summary>A set of origins.</summary>
    public static IReadOnlySet<PublicOrigin> Origins(params string[] origins) => origins.Select(text =>
        PublicOrigin.TryParse(text, out var origin) ? origin : throw new ArgumentException(text)).ToHashSet();
}
