using CredBroker.V1;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace CredBroker.Client;

/// <summary>
/// A way to a broker, on which nothing is sent until the first call. Its own clients call as whoever the connection itself vouches for:
/// the process at the end of a Unix socket, or the holder of the client certificate. <see cref="AgentSession"/> calls as an attested
/// workload; several may share a connection. Thread-safe.
/// </summary>
public sealed class BrokerConnection : IDisposable
{
    private readonly GrpcChannel _channel;

    private BrokerConnection(BrokerAddress address, ConnectionOptions options)
    {
        (Address, Options) = (address, options);
        _channel = GrpcChannel.ForAddress(address.Origin, new GrpcChannelOptions
        {
            HttpHandler = ConnectionHandler.Create(address, options),
            DisposeHttpClient = true,
        });
        var calls = Invoker(identity: null, proof: null);
        Attestation = new(calls);
        Tasks = new(calls);
        Tokens = new(calls);
        Admin = new(calls);
        Approvals = new(calls);
    }

    /// <summary>Where the broker listens.</summary>
    public BrokerAddress Address { get; }

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

    /// <summary>True when the broker sees a client certificate: tokens are bound to it then, and not to a key.</summary>
    public bool PresentsCertificate => Address.IsTls && Options.ClientCertificate is not null;

    internal ConnectionOptions Options { get; }

    internal TimeProvider Clock => Options.Clock;

    /// <summary>Opens a connection. Whether a broker is there shows with the first call.</summary>
    public static BrokerConnection Open(BrokerAddress address, ConnectionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.CallTimeout, TimeSpan.Zero);
        return new BrokerConnection(address, options);
    }

    /// <summary>
    /// A new id for a request that changes something: a UUID version 7. The same id sent again with the same content is answered with
    /// the first answer: make one per intent, not one per try.
    /// </summary>
    public string NewRequestId() => Guid.CreateVersion7(Clock.GetUtcNow()).ToString();

    /// <summary>Ends the connection and the calls on it.</summary>
    public void Dispose() => _channel.Dispose();

    internal CallInvoker Invoker(IdentityRenewal? identity, CallProof? proof) =>
        _channel.Intercept(new BrokerCalls(Clock, Options.CallTimeout, identity, proof));
}
