using CredBroker.Client;
using CredBroker.Core.Identity;
using Grpc.Core;

namespace CredBroker.Load.Cells;

/// <summary>An attested workload, and the headers of its calls.</summary>
internal sealed class BenchCaller : IAsyncDisposable
{
    private readonly BrokerConnection _connection;
    private readonly AgentSession _session;
    private readonly EphemeralKey? _proofKey;
    private readonly Uri _mint;
    private readonly CallOptions _unproven;

    private BenchCaller(BrokerConnection connection, AgentSession session, EphemeralKey? proofKey)
    {
        (_connection, _session, _proofKey) = (connection, session, proofKey);
        _mint = new(connection.Address.Origin, "/credbroker.v1.Tokens/Mint");
        _unproven = new CallOptions(Authorization());
    }

    public AgentSession Session => _session;

    /// <summary>By the kernel's word, without proofs.</summary>
    public static async Task<BenchCaller> LocalAsync(string address)
    {
        var connection = BrokerConnection.Open(Channels.Parse(address));
        return new(connection, await AgentSession.AttestAsync(connection, new Evidence.UnixPeer(), CancellationToken.None), proofKey: null);
    }

    /// <summary>By a join token, with a DPoP proof on every call.</summary>
    public static async Task<BenchCaller> JoinedAsync(string address, string admin)
    {
        using var administrator = BrokerConnection.Open(Channels.Parse(admin));
        var made = await administrator.Admin.CreateJoinTokenAsync(new() { RequestId = administrator.NewRequestId(), Workload = BenchCatalog.Joined });
        var connection = BrokerConnection.Open(Channels.Parse(address));
        var key = EphemeralKey.Create();
        return new(connection, await AgentSession.AttestAsync(connection, new Evidence.JoinToken(made.Secret), key, CancellationToken.None), key);
    }

    /// <summary>The options of one Mint.</summary>
    public CallOptions ForMint()
    {
        if (_proofKey is null) return _unproven;
        var headers = Authorization();
        headers.Add("dpop", NewProof());
        return new CallOptions(headers);
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        _connection.Dispose();
    }

    private string NewProof() =>
        AgentSession.ProofFor(_proofKey!, "POST", _mint, _session.Identity.IdentityToken, nonce: null, TimeProvider.System);

    private Metadata Authorization() => new() { { "authorization", $"DPoP {_session.Identity.IdentityToken}" } };
}
