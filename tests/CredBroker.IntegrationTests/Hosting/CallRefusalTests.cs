using System.Buffers.Text;
using System.Text;
using CredBroker.Core;
using CredBroker.Tests.Identity;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Hosting;

/// <summary>Each Reason that the authentication of a call can have, over TCP, where nothing but token and proof says who calls.</summary>
public sealed class CallRefusalTests(Postgres postgres)
{
    [Fact]
    public async Task Only_an_identity_token_of_this_broker_says_who_calls()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        var caller = await RawCaller.JoinAsync(broker);
        var minted = await agent.Tokens.MintAsync(Story.Mint((await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId));
        var signed = caller.Token[..caller.Token.LastIndexOf('.')];

        (string What, string Authorization)[] refused =
        [
            ("another scheme", $"Bearer {caller.Token}"),
            ("no token", "DPoP "),
            ("no JWS", "DPoP token"),
            ("two tokens", $"DPoP {caller.Token}, DPoP {caller.Token}"),
            ("somebody else's signature", $"DPoP {ForgeJws.SignText(ForgeKeys.P256, signed)}"),
            ("no signature", $"DPoP {signed}."),
            ("other claims", $"DPoP {ForgeJws.Unsigned(Part(0), Part(1).Replace("backend", "agent", StringComparison.Ordinal), ForgeJws.SignatureOf(caller.Token))}"),
            ("a token for a backend", $"DPoP {minted.Token}"),
        ];
        foreach (var (what, authorization) in refused)
            await Refused.AsAsync(Reason.IdentityTokenRefused, caller.WhoAmIAs(authorization, caller.Proof.Sign()), what);
        Assert.Equal("backend", (await caller.WhoAmI(caller.Proof.Sign())).Workload);

        string Part(int part) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(signed.Split('.')[part]));
    }

    [Fact]
    public async Task An_identity_ends_with_its_time_and_with_its_workload()
    {
        var clock = new StoppedClock();
        await using var broker = await TestBroker.StartAsync(postgres, clock: clock);
        var caller = await RawCaller.JoinAsync(broker, clock);
        Assert.Equal("backend", (await caller.WhoAmI(caller.Proof.Sign())).Workload);

        var now = clock.GetUtcNow();
        clock.StopAt(now + TimeSpan.FromMinutes(10));
        await Refused.AsAsync(Reason.IdentityTokenRefused, caller.WhoAmI(caller.Proof.Sign()), "an expired token");

        clock.StopAt(now);
        var without = TestCatalog.Yaml().Replace(TestCatalog.Backend, $"{TestCatalog.Backend}/2", StringComparison.Ordinal);
        Assert.True((await broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(without))).Valid);
        await Refused.AsAsync(Reason.IdentityTokenRefused, caller.WhoAmI(caller.Proof.Sign()), "a token of a workload that is gone");
    }

    [Fact]
    public async Task A_proof_is_by_the_key_of_the_token_for_this_call_and_this_moment()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        var caller = await RawCaller.JoinAsync(broker);
        var good = caller.Proof;
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

        (string What, string[] Proofs)[] refused =
        [
            ("no proof", []),
            ("two proofs", [good.Sign(), caller.Proof.Sign()]),
            ("no JWS", ["proof"]),
            ("a proof by another key", [(good with { Key = ForgeKeys.OtherP256 }).Sign()]),
            ("a proof by another key that shows the right one", [(good with { Key = ForgeKeys.OtherP256, Jwk = ForgeKeys.Jwk(caller.Key) }).Sign()]),
            ("an unsigned proof", [ForgeJws.Unsigned((good with { Algorithm = "\"none\"" }).Header, good.Payload)]),
            ("a proof of another type", [(good with { Type = "\"JWT\"" }).Sign()]),
            ("a proof without an id", [(good with { Jti = null }).Sign()]),
            ("a proof for another RPC", [(good with { Htu = $"\"{broker.TcpAddress}/credbroker.v1.Tokens/Mint\"" }).Sign()]),
            ("a proof for another broker", [(good with { Htu = "\"https://broker.example/credbroker.v1.Attestation/WhoAmI\"" }).Sign()]),
            ("a proof for another method", [(good with { Htm = "\"GET\"" }).Sign()]),
            ("a proof for another token", [(good with { Ath = caller.ProofFor("another").Ath }).Sign()]),
            ("a proof for no token", [(good with { Ath = null }).Sign()]),
            ("a proof of two minutes ago", [(good with { Iat = $"{now - 120}" }).Sign()]),
            ("a proof from the future", [(good with { Iat = $"{now + 120}" }).Sign()]),
        ];
        foreach (var (what, proofs) in refused)
            await Refused.AsAsync(Reason.ProofRefused, caller.WhoAmI(proofs), what);
        Assert.Equal("backend", (await caller.WhoAmI(good.Sign())).Workload);
    }

    [Fact]
    public async Task A_proof_is_good_once_however_it_is_spelt()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        var caller = await RawCaller.JoinAsync(broker);
        var proof = caller.Proof;
        var text = proof.Sign();
        await caller.WhoAmI(text);

        await Refused.AsAsync(Reason.ProofReplayed, caller.WhoAmI(text), "the same text");
        await Refused.AsAsync(Reason.ProofReplayed, caller.WhoAmI(proof.Sign()), "the same claims, signed once more");
        Assert.Equal("backend", (await caller.WhoAmI(caller.Proof.Sign())).Workload);
    }

    [Fact]
    public async Task A_proof_of_a_second_that_was_forgotten_is_refused_and_not_taken_for_a_replay()
    {
        var clock = new StoppedClock();
        await using var broker = await TestBroker.StartAsync(postgres, clock: clock);
        var caller = await RawCaller.JoinAsync(broker, clock);

        // A clock that steps back, past all that the seconds since then have overwritten.
        var before = clock.GetUtcNow();
        for (var second = 60; second < 140; second++)
        {
            clock.StopAt(before + TimeSpan.FromSeconds(second));
            await caller.WhoAmI(caller.Proof.Sign());
        }

        clock.StopAt(before);
        await Refused.AsAsync(Reason.ProofRefused, caller.WhoAmI(caller.Proof.Sign()));
    }

    [Fact]
    public async Task Where_nonces_are_wanted_the_refusal_brings_one()
    {
        await using var broker = await TestBroker.StartAsync(postgres, options => options.DpopNonces = true);
        var caller = await RawCaller.JoinAsync(broker);
        using var without = caller.WhoAmI(caller.Proof.Sign());
        await Refused.AsAsync(Reason.UseDpopNonce, without);
        await Refused.AsAsync(Reason.UseDpopNonce, caller.WhoAmI((caller.Proof with { Nonce = "\"invented\"" }).Sign()), "a nonce of nobody");

        var nonce = without.GetTrailers().GetValue("dpop-nonce");
        Assert.Equal("backend", (await caller.WhoAmI((caller.Proof with { Nonce = $"\"{nonce}\"" }).Sign())).Workload);
    }
}
