using System.Security.Cryptography;
using CredBroker.Core.Identity;

namespace CredBroker.Tests.Identity;

public sealed class VerificationKeyTests
{
    private const string Payload = """{"sub":"a"}""";
    private static readonly VerificationKey P256 = ForgeKeys.Import(ForgeKeys.Jwk(ForgeKeys.P256));
    private static readonly VerificationKey P384 = ForgeKeys.Import(ForgeKeys.Jwk(ForgeKeys.P384));
    private static readonly VerificationKey Rsa = ForgeKeys.Import(ForgeKeys.Jwk(ForgeKeys.Rsa));

    [Fact]
    public void Good_signatures_of_each_algorithm_verify()
    {
        Assert.True(P256.Verify(Read(ForgeJws.Sign(ForgeKeys.P256, """{"alg":"ES256"}""", Payload))));
        Assert.True(P384.Verify(Read(ForgeJws.Sign(ForgeKeys.P384, """{"alg":"ES384"}""", Payload))));
        Assert.True(Rsa.Verify(Read(ForgeJws.Sign(ForgeKeys.Rsa, """{"alg":"RS256"}""", Payload))));
        Assert.True(Rsa.Verify(Read(ForgeJws.Sign(ForgeKeys.Rsa, """{"alg":"PS256"}""", Payload, RSASignaturePadding.Pss))));
    }

    [Fact]
    public void Another_key_of_the_same_kind_does_not_verify() =>
        Assert.False(P256.Verify(Read(ForgeJws.Sign(ForgeKeys.OtherP256, """{"alg":"ES256"}""", Payload))));

    [Fact]
    public void The_header_does_not_choose_the_algorithm()
    {
        Assert.False(P256.Verify(Read(ForgeJws.Sign(ForgeKeys.P256, """{"alg":"ES384"}""", Payload))));
        Assert.False(P384.Verify(Read(ForgeJws.Sign(ForgeKeys.P384, """{"alg":"ES256"}""", Payload))));
        Assert.False(Rsa.Verify(Read(ForgeJws.Sign(ForgeKeys.Rsa, """{"alg":"PS256"}""", Payload))));
        var onlyRs256 = ForgeKeys.Import(ForgeKeys.Jwk(ForgeKeys.Rsa, "\"alg\":\"RS256\""));
        Assert.False(onlyRs256.Verify(Read(ForgeJws.Sign(ForgeKeys.Rsa, """{"alg":"PS256"}""", Payload, RSASignaturePadding.Pss))));
    }

    [Fact]
    public void A_changed_payload_does_not_verify()
    {
        var token = ForgeJws.Sign(ForgeKeys.P256, """{"alg":"ES256"}""", Payload);
        var parts = token.Split('.');
        Assert.False(P256.Verify(Read($"{parts[0]}.{ForgeJws.Encode("""{"sub":"b"}""")}.{parts[2]}")));
    }

    [Fact]
    public void Der_signatures_are_refused() =>
        Assert.False(P256.Verify(Read(ForgeJws.SignDer(ForgeKeys.P256, """{"alg":"ES256"}""", Payload))));

    [Fact]
    public void Signatures_of_irregular_length_or_value_are_refused()
    {
        var token = ForgeJws.Sign(ForgeKeys.P256, """{"alg":"ES256"}""", Payload);
        var good = ForgeJws.SignatureOf(token);
        byte[][] forged =
        [
            new byte[64], good[..63], [.. good, 0], [.. good, .. good], [0, .. good[..32], 0, .. good[32..]], [1], new byte[4096],
            [.. good[..32], .. new byte[32]], [.. new byte[32], .. good[32..]], [.. Enumerable.Repeat((byte)0xff, 64)],
        ];
        foreach (var signature in forged) Assert.False(P256.Verify(Read(ForgeJws.WithSignature(token, signature))));
    }

    [Fact]
    public void Rsa_signatures_of_another_length_are_refused()
    {
        var token = ForgeJws.Sign(ForgeKeys.Rsa, """{"alg":"RS256"}""", Payload);
        var good = ForgeJws.SignatureOf(token);
        foreach (var signature in (byte[][])[good[1..], [0, .. good], new byte[256], [.. Enumerable.Repeat((byte)0xff, 256)]])
        {
            Assert.False(Rsa.Verify(Read(ForgeJws.WithSignature(token, signature))));
        }
    }

    [Fact]
    public void Points_off_the_curve_are_not_imported()
    {
        var jwk = ForgeKeys.Parse(
            """{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyI"}""");
        Assert.False(VerificationKey.TryImport(jwk, out _));
        Assert.False(VerificationKey.TryImport(new PublicJwk(JwkKind.P256, new byte[32], new byte[32], null), out _));
        byte[] all = [.. Enumerable.Repeat((byte)0xff, 32)];
        Assert.False(VerificationKey.TryImport(new PublicJwk(JwkKind.P256, all, all, null), out _));
    }

    [Fact]
    public void Two_thousand_damaged_signatures_and_keys_never_throw()
    {
        var mutations = new Mutations(3);
        var token = ForgeJws.Sign(ForgeKeys.P256, """{"alg":"ES256"}""", Payload);
        var good = ForgeJws.SignatureOf(token);
        for (var i = 0; i < 2_000; i++)
        {
            var damaged = mutations.DamageBytes(good);
            if (damaged.Length == 0 || damaged.AsSpan().SequenceEqual(good)) continue;
            Assert.False(P256.Verify(Read(ForgeJws.WithSignature(token, damaged))));
            Assert.False(VerificationKey.TryImport(new PublicJwk(JwkKind.P256, mutations.DamageBytes(good)[..0], good[32..], null), out _));
        }
    }

    private static CompactJws Read(string token)
    {
        Assert.True(CompactJws.TryParse(token, JwsLimits.Token, out var jws, out var refusal), $"{refusal}");
        return jws;
    }
}
