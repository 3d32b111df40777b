using System.Security.Cryptography;
using CredBroker.Client;
using CredBroker.Core.Identity;
using CredBroker.Tests.Identity;
using CredBroker.V1;
using Grpc.Core;

namespace CredBroker.IntegrationTests.Hosting;

/// <summary>The workload <c>backend</c> over TCP, which writes what proves it call by call, so that each part can be wrong.</summary>
internal sealed class RawCaller
{
    private readonly TestBroker broker;
    private readonly BrokerConnection connection;
    private readonly TimeProvider clock;

    private RawCaller(TestBroker broker, BrokerConnection connection, ECDsa key, string token, TimeProvider clock) =>
        (this.broker, this.connection, Key, Token, this.clock) = (broker, connection, key, token, clock);

    public ECDsa Key { get; }

    /// <summary>Its identity token.</summary>
    public string Token { get; }

    public static async Task<RawCaller> JoinAsync(TestBroker broker, TimeProvider? clock = null)
    {
        var made = await broker.OverSocket().Admin.CreateJoinTokenAsync(new CreateJoinTokenRequest { RequestId = TestBroker.NewId(), Workload = "backend" });
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var connection = broker.OverTcp();
        await using var session = await AgentSession.AttestAsync(
            connection, new Evidence.JoinToken(made.Secret), EphemeralKey.Own(ECDsa.Create(key.ExportParameters(true))), TestContext.Current.CancellationToken);
        return new(broker, connection, key, session.Identity.IdentityToken, clock ?? TimeProvider.System);
    }

    /// <summary>A good proof, and each time another, for WhoAmI with a token.</summary>
    public ForgeDpop ProofFor(string token) => new()
    {
        Key = Key, Jti = $"\"{TestBroker.NewId()}\"", Htu = $"\"{broker.TcpAddress}/credbroker.v1.Attestation/WhoAmI\"",
        Iat = $"{clock.GetUtcNow().ToUnixTimeSeconds()}", Ath = $"\"{AccessTokenHash.Of(token)}\"",
    };

    /// <summary>A good proof with its own token.</summary>
    public ForgeDpop Proof => ProofFor(Token);

    /// <summary>Calls with its own token and these proofs.</summary>
    public AsyncUnaryCall<WhoAmIResponse> WhoAmI(params string[] proofs) => WhoAmIAs($"DPoP {Token}", proofs);

    /// <summary>Calls with that in place of its own token.</summary>
    public AsyncUnaryCall<WhoAmIResponse> WhoAmIAs(string authorization, params string[] proofs)
    {
        var headers = new Metadata { { "authorization", authorization } };
        foreach (var proof in proofs) headers.Add("dpop", proof);
        return connection.Attestation.WhoAmIAsync(new WhoAmIRequest(), headers);
    }
}
