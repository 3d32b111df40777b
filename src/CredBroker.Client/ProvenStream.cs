using Grpc.Core;
using Grpc.Core.Interceptors;

namespace CredBroker.Client;

/// <summary>
/// A stream of answers as its caller sees it: opened at the first read, with the caller's proof, and once more where the broker has said
/// that it was not run (a nonce is wanted, the identity token is refused). What was cut later is for the caller to go on with.
/// </summary>
internal sealed class ProvenStream<TRequest, TResponse>(
    BrokerCalls calls,
    TRequest request,
    ClientInterceptorContext<TRequest, TResponse> context,
    Interceptor.AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation) : IAsyncStreamReader<TResponse>
    where TRequest : class
    where TResponse : class
{
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(context.Options.CancellationToken);
    private readonly Tries _tries = new();
    private AsyncServerStreamingCall<TResponse>? _call;
    private bool _answered;

    /// <inheritdoc/>
    public TResponse Current => (_call ?? throw new InvalidOperationException("Nothing was read.")).ResponseStream.Current;

    /// <summary>The call.</summary>
    public AsyncServerStreamingCall<TResponse> Start() => new(this, _headers.Task, StatusOf, TrailersOf, Stop);

    /// <inheritdoc/>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        while (true)
        {
            var caller = await calls.IdentityAsync(_stop.Token);
            _call ??= continuation(request, calls.Proven(context, caller, _stop.Token));
            try
            {
                var more = await _call.ResponseStream.MoveNext(cancellationToken);
                _answered = true;
                if (!_headers.Task.IsCompleted) _headers.TrySetResult(await _call.ResponseHeadersAsync);
                return more;
            }
            catch (RpcException failure) when (!_answered && !_stop.IsCancellationRequested)
            {
                if (!await calls.RepeatAsync(failure, request, _tries, caller, DateTime.MaxValue, _stop.Token)) throw;
                _call.Dispose();
                _call = null;
            }
        }
    }

    private void Stop()
    {
        _stop.Cancel();
        _call?.Dispose();
        _headers.TrySetResult(Metadata.Empty);
        _stop.Dispose();
    }

    private Status StatusOf() => (_call ?? throw new InvalidOperationException("The call has not ended.")).GetStatus();

    private Metadata TrailersOf() => (_call ?? throw new InvalidOperationException("The call has not ended.")).GetTrailers();
}
