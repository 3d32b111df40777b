using System.Security.Cryptography;
using System.Text;
using CredBroker.Core.Identity;

namespace CredBroker.Tests.Identity;

/// <summary>Makes foreign JWTs claim by claim, so that each can be wrong. The default is a good OIDC token by <see cref="ForgeKeys.P256"/>.</summary>
public sealed record ForgeJwt
{
    public const string Issuer = "https://issuer.example";
    public const string Audience = "broker";
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1792497600);

    /// <summary>The keys of the issuer: <c>k1</c> P-256, <c>k2</c> P-384, <c>k3</c> RSA for RS256 or PS256.</summary>
    public static string Jwks { get; } = ForgeKeys.Set(
        ForgeKeys.Jwk(ForgeKeys.P256, "\"kid\":\"k1\",\"use\":\"sig\",\"alg\":\"ES256\""),
        ForgeKeys.Jwk(ForgeKeys.P384, "\"kid\":\"k2\",\"use\":\"jwt-svid\""),
        ForgeKeys.Jwk(ForgeKeys.Rsa, "\"kid\":\"k3\""));

    public string Header { get; init; } = ForgeJws.Es256;

    public string? Iss { get; init; } = $"\"{Issuer}\"";

    public string? Sub { get; init; } = "\"repo:acme/agents\"";

    public string? Aud { get; init; } = $"\"{Audience}\"";

    public string? Exp { get; init; } = "1792501200";

    public string? Nbf { get; init; }

    public string? Iat { get; init; } = "1792497600";

    /// <summary>Further members as JSON, such as <c>"environment":"prod"</c>.</summary>
    public string? More { get; init; }

    public string Payload
    {
        get
        {
            var members = new (string Name, string? Json)[] { ("iss", Iss), ("sub", Sub), ("aud", Aud), ("exp", Exp), ("nbf", Nbf), ("iat", Iat) };
            var texts = members.Where(m => m.Json is not null).Select(m => $"\"{m.Name}\":{m.Json}").ToList();
            if (More is not null) texts.Add(More);
            return "{" + string.Join(',', texts) + "}";
        }
    }

    public string Sign(ECDsa? key = null) => ForgeJws.Sign(key ?? ForgeKeys.P256, Header, Payload);

    public string Sign(RSA key, RSASignaturePadding? padding = null) => ForgeJws.Sign(key, Header, Payload, padding);

    public static JwkSet Read(string jwks) => JwkSet.TryParse(Encoding.UTF8.GetBytes(jwks), out var set, out var refusal)
        ? set
        : throw new InvalidOperationException($"{refusal}: {jwks}");
}
