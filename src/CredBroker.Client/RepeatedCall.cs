using Grpc.Core;
using Grpc.Core.Interceptors;

namespace CredBroker.Client;

/// <summary>One unary call as its caller sees it, made of as many tries as it takes. It fails with RpcException and nothing else.</summary>
internal sealed class RepeatedCall<TRequest, TResponse>(
    BrokerCalls calls,
    TRequest request,
    ClientInterceptorContext<TRequest, TResponse> context,
    DateTime deadline,
    Interceptor.AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    where TRequest : class
    where TResponse : class
{
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(context.Options.CancellationToken);
    private Status _status;
    private Metadata? _trailers;

    public AsyncUnaryCall<TResponse> Start() => new(RunAsync(), _headers.Task, StatusOf, TrailersOf, Stop);

    private async Task<TResponse> RunAsync()
    {
        try
        {
            return await RepeatAsync();
        }
        catch (RpcException failure)
        {
            Finish(failure.Status, failure.Trailers, Metadata.Empty);
            throw;
        }
        catch (OperationCanceledException)
        {
            Finish(Status.DefaultCancelled, Metadata.Empty, Metadata.Empty);
            throw new RpcException(Status.DefaultCancelled);
        }
        catch (ObjectDisposedException)
        {
            // Before the first try, or between two: calls under way are cancelled then as well.
            var status = new Status(StatusCode.Cancelled, "the connection, or the session, was disposed of");
            Finish(status, Metadata.Empty, Metadata.Empty);
            throw new RpcException(status);
        }
        finally
        {
            _stop.Dispose();
        }
    }

    private async Task<TResponse> RepeatAsync()
    {
        var tries = new Tries();
        while (true)
        {
            var caller = await calls.IdentityAsync(_stop.Token);
            try
            {
                using var call = continuation(request, calls.Proven(context, caller, _stop.Token));
                var response = await call.ResponseAsync;
                var trailers = call.GetTrailers();
                Finish(call.GetStatus(), trailers, await call.ResponseHeadersAsync);
                calls.Succeeded(trailers);
                return response;
            }
            catch (RpcException failure)
            {
                if (!await calls.RepeatAsync(failure, request, tries, caller, deadline, _stop.Token)) throw;
            }
        }
    }

    private void Finish(Status status, Metadata trailers, Metadata headers)
    {
        _status = status;
        _trailers = trailers;
        _headers.TrySetResult(headers);
    }

    private void Stop()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The call has ended: there is nothing to stop.
        }
    }

    private Status StatusOf() => _trailers is null ? throw new InvalidOperationException("The call has not ended.") : _status;

    private Metadata TrailersOf() => _trailers ?? throw new InvalidOperationException("The call has not ended.");
}
