using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace CredBroker.Client;

/// <summary>
/// What every call through a connection or a session has in common: a deadline, the caller's proof, and the repetitions that are safe.
/// A call is repeated only when the broker has said that it was not run (a nonce is wanted, the identity token is refused), or when the
/// broker is away and the request carries a <c>request_id</c>, so that running it twice comes to the same.
/// </summary>
/// <param name="clock">For deadlines and waits.</param>
/// <param name="timeout">For calls that have no deadline.</param>
/// <param name="identity">Null: the connection alone says who calls.</param>
/// <param name="proof">Given with <paramref name="identity"/>.</param>
internal sealed class BrokerCalls(TimeProvider clock, TimeSpan timeout, IdentityRenewal? identity, CallProof? proof) : Interceptor
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var deadline = context.Options.Deadline ?? (clock.GetUtcNow() + timeout).UtcDateTime;
        return new RepeatedCall<TRequest, TResponse>(this, request, Until(context, deadline), deadline, continuation).Start();
    }

    /// <summary>A stream has no deadline of its own: it lasts as long as its caller wants it.</summary>
    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation) =>
        new ProvenStream<TRequest, TResponse>(this, request, context, continuation).Start();

    /// <summary>Not offered: a thread must not be held while an identity is renewed.</summary>
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, BlockingUnaryCallContinuation<TRequest, TResponse> continuation) =>
        throw new NotSupportedException($"Call {context.Method.Name}Async.");

    public async ValueTask<AgentIdentity?> IdentityAsync(CancellationToken ct) =>
        identity is null ? null : await identity.CurrentAsync(ct);

    public ClientInterceptorContext<TRequest, TResponse> Proven<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, AgentIdentity? caller, CancellationToken ct)
        where TRequest : class
        where TResponse : class
    {
        var options = context.Options.WithCancellationToken(ct);
        if (caller is not null && proof is not null)
            options = options.WithHeaders(proof.HeadersOf(context.Method, caller.IdentityToken, options.Headers));
        return new(context.Method, context.Host, options);
    }

    public void Succeeded(Metadata trailers) => proof?.Learn(trailers);

    /// <summary>Prepares the next try after a failed one. False: there is to be none.</summary>
    public async ValueTask<bool> RepeatAsync(RpcException failure, object request, Tries tries, AgentIdentity? caller, DateTime deadline, CancellationToken ct)
    {
        var refusal = BrokerRefusal.Of(failure);
        var nonceCame = proof?.Learn(failure.Trailers) ?? false;
        switch (refusal)
        {
            case { Status: StatusCode.Unauthenticated, Reason: "USE_DPOP_NONCE" }:
                return nonceCame && tries.TakeNonce();

            case { Status: StatusCode.Unauthenticated, Reason: "IDENTITY_TOKEN_REFUSED" } when identity is { CanRenew: true } && caller is not null:
                if (!tries.TakeRenewal()) return false;
                await identity.ReplaceAsync(caller, ct);
                return true;

            case { Status: StatusCode.Unavailable } when HasRequestId(request) && tries.TakeWait() is { } wait:
                if (refusal.RetryAfter > wait) wait = refusal.RetryAfter.Value;
                if (clock.GetUtcNow().UtcDateTime + wait >= deadline) return false;
                await Task.Delay(wait, clock, ct);
                return true;

            default:
                return false;
        }
    }

    private static bool HasRequestId(object request) =>
        request is IMessage message
        && message.Descriptor.FindFieldByName("request_id") is { } field
        && field.Accessor.GetValue(message) is string { Length: > 0 };

    private static ClientInterceptorContext<TRequest, TResponse> Until<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, DateTime deadline)
        where TRequest : class
        where TResponse : class => new(context.Method, context.Host, context.Options.WithDeadline(deadline));
}
