using CredBroker.Core.Identity;
using CredBroker.V1;
using Grpc.Core;

namespace CredBroker.Client;

/// <summary>
/// An attested workload: its clients carry its identity token, and a DPoP proof unless the connection itself vouches for this workload.
/// The identity is renewed while the evidence can be repeated. The private key is made here and never leaves the process. Thread-safe.
/// </summary>
/// <remarks>
/// Every call, and the attestation itself, fails with <see cref="RpcException"/>; <see cref="BrokerRefusal.Of"/> says why.
/// </remarks>
public sealed class AgentSession : IAsyncDisposable
{
    private readonly EphemeralKey? _key;
    private readonly IdentityRenewal _renewal;

    private AgentSession(
        BrokerConnection connection, EphemeralKey? key, bool proofs, AgentIdentity identity, Func<CancellationToken, Task<AgentIdentity>>? attest)
    {
        (Connection, _key) = (connection, key);
        _renewal = new IdentityRenewal(identity, attest, connection.Clock);
        var calls = connection.Invoker(_renewal, new CallProof(connection.Address.Origin, proofs ? key : null, connection.Clock));
        Attestation = new(calls);
        Tasks = new(calls);
        Tokens = new(calls);
        Admin = new(calls);
        Approvals = new(calls);
    }

    /// <summary>The connection that the session calls through. The session does not dispose of it.</summary>
    public BrokerConnection Connection { get; }

    /// <summary>Who the broker believes this workload to be, as of the last attestation.</summary>
    public AgentIdentity Identity => _renewal.Held;

    /// <summary>The service Attestation.</summary>
    public Attestation.AttestationClient Attestation { get; }

    /// <summary>The service Tasks.</summary>
    public V1.Tasks.TasksClient Tasks { get; }

    /// <summary>The service Tokens.</summary>
    public Tokens.TokensClient Tokens { get; }

    /// <summary>The service Approvals.</summary>
    public V1.Approvals.ApprovalsClient Approvals { get; }

    /// <summary>The service Admin.</summary>
    public Admin.AdminClient Admin { get; }

    /// <summary>
    /// Attests this process. Tokens will be bound to a new P-256 key (RFC 9449), or, on a connection with a client certificate, to that
    /// certificate (RFC 8705).
    /// </summary>
    /// <exception cref="RpcException">The broker refused the evidence, or is away.</exception>
    /// <exception cref="IOException">The file of <see cref="Evidence.JwtFile"/> cannot be read.</exception>
    public static Task<AgentSession> AttestAsync(BrokerConnection connection, Evidence evidence, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(connection);
#pragma warning disable CA2000 // The key is the session's from here on.
        return AttestAsync(connection, evidence, connection.PresentsCertificate ? null : EphemeralKey.Create(), ct);
#pragma warning restore CA2000
    }

    /// <inheritdoc cref="AttestAsync(BrokerConnection, Evidence, CancellationToken)"/>
    /// <param name="connection">The way to the broker.</param>
    /// <param name="evidence">What to present.</param>
    /// <param name="key">The key to bind to, disposed of with the session or when there is none; null: the connection's certificate.</param>
    /// <param name="ct">Cancels the attestation.</param>
    public static async Task<AgentSession> AttestAsync(BrokerConnection connection, Evidence evidence, EphemeralKey? key, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(evidence);
        try
        {
            var identity = await AttestOnceAsync(ct);
            // The kernel vouches for the very process that it attested; whoever was attested otherwise has to prove itself there too.
            var proofs = evidence is not Evidence.UnixPeer;
            return new(connection, key, proofs, identity, evidence.CanBeRepeated ? AttestOnceAsync : null);
        }
        catch
        {
            key?.Dispose();
            throw;
        }

        Task<AgentIdentity> AttestOnceAsync(CancellationToken stop) => Attesting.AttestAsync(connection, evidence, key, stop);
    }

    /// <summary>A session with an identity from an earlier attestation, until it expires: there is no evidence to renew it with.</summary>
    /// <param name="connection">A connection to the same broker.</param>
    /// <param name="identity">The identity.</param>
    /// <param name="key">The key that it is bound to; null when it is bound to the connection's certificate. Disposed of by the session.</param>
    public static AgentSession Resume(BrokerConnection connection, AgentIdentity identity, EphemeralKey? key)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(identity);
        return new(connection, key, proofs: true, identity, null);
    }

    /// <summary>
    /// Mints a token, and where a person has to approve it first, waits until that is decided: until the approval expires at the latest.
    /// </summary>
    /// <param name="request">The mint, without an approval.</param>
    /// <param name="ct">Gives the wait up; the question stays.</param>
    /// <exception cref="RpcException">Refused; with <c>APPROVAL_REQUIRED</c> still, when the approval was not given.</exception>
    public Task<MintResponse> MintApprovedAsync(MintRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ApprovedMinting.MintAsync(this, request, ct);
    }

    /// <summary>
    /// A DPoP proof with which to present a minted token to a backend: header <c>DPoP</c> beside <c>Authorization: DPoP …</c>
    /// (RFC 9449 section 7.1). Good for one request, for about a minute.
    /// </summary>
    /// <param name="method">The HTTP method of the request, such as <c>POST</c>.</param>
    /// <param name="uri">The absolute URI of the request; query and fragment are left out.</param>
    /// <param name="token">The token that goes with it.</param>
    /// <param name="nonce">The backend's <c>DPoP-Nonce</c>, if it gave one.</param>
    /// <exception cref="InvalidOperationException">Tokens of this session are bound to a certificate: present that instead.</exception>
    public string ProofFor(string method, Uri uri, string token, string? nonce = null)
    {
        if (_key is null) throw new InvalidOperationException("Tokens of this session are bound to its client certificate.");
        return ProofFor(_key, method, uri, token, nonce, Connection.Clock);
    }

    /// <summary>The same with a key that is kept elsewhere.</summary>
    /// <inheritdoc cref="ProofFor(string, Uri, string, string?)"/>
    /// <param name="key">The key that the token is bound to.</param>
    /// <param name="method">The HTTP method of the request, such as <c>POST</c>.</param>
    /// <param name="uri">The absolute URI of the request; query and fragment are left out.</param>
    /// <param name="token">The token that goes with it.</param>
    /// <param name="nonce">The backend's <c>DPoP-Nonce</c>, if it gave one.</param>
    /// <param name="clock">The clock for <c>iat</c>.</param>
    public static string ProofFor(EphemeralKey key, string method, Uri uri, string token, string? nonce, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentException.ThrowIfNullOrEmpty(method);
        ArgumentNullException.ThrowIfNull(uri);
        ArgumentException.ThrowIfNullOrEmpty(token);
        ArgumentNullException.ThrowIfNull(clock);
        return CallProof.Of(key, method, uri.GetLeftPart(UriPartial.Path), clock.GetUtcNow(), token, nonce);
    }

    /// <summary>Stops renewing and forgets the key. Tokens that were minted live on until their task ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _renewal.DisposeAsync();
        _key?.Dispose();
    }
}
