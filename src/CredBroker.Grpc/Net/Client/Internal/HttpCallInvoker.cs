using Grpc.Core;

namespace Grpc.Net.Client.Internal;

/// <summary>Makes calls over the HTTP of a channel.</summary>
internal sealed class HttpCallInvoker(GrpcChannel channel) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        using var call = AsyncUnaryCall(method, host, options, request);
        return call.ResponseAsync.GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new ClientCall(channel, method, host, options);
        call.Send(() => SingleMessage.Of(call, method.RequestMarshaller, request));
        var responses = new ClientStreamReader<TResponse>(call, method.ResponseMarshaller);
        return new AsyncUnaryCall<TResponse>(
            responses.SingleAsync(), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new ClientCall(channel, method, host, options);
        call.Send(() => SingleMessage.Of(call, method.RequestMarshaller, request));
        var responses = new ClientStreamReader<TResponse>(call, method.ResponseMarshaller);
        return new AsyncServerStreamingCall<TResponse>(
            responses, call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = new ClientCall(channel, method, host, options);
        var requests = new ClientStreamWriter<TRequest>(call, method.RequestMarshaller, options.WriteOptions);
        call.Send(() => requests.Content);
        var responses = new ClientStreamReader<TResponse>(call, method.ResponseMarshaller);
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            requests, responses.SingleAsync(), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = new ClientCall(channel, method, host, options);
        var requests = new ClientStreamWriter<TRequest>(call, method.RequestMarshaller, options.WriteOptions);
        call.Send(() => requests.Content);
        var responses = new ClientStreamReader<TResponse>(call, method.ResponseMarshaller);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            requests, responses, call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }
}
