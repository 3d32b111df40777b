using Grpc.Core;
using Grpc.Protocol;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>How each kind of call runs: read, handle, write, end.</summary>
internal static class MethodRunners
{
    public static Func<ServerCall, Task> Unary<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class => async call =>
        {
            if (await ReadSingleAsync(call, method.RequestMarshaller) is not { } request) return;
            await AnswerAsync(call, method.ResponseMarshaller, await handler(request, call));
        };

    public static Func<ServerCall, Task> ClientStreaming<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class => async call =>
        {
            var requests = new ServerStreamReader<TRequest>(call, method.RequestMarshaller);
            await AnswerAsync(call, method.ResponseMarshaller, await handler(requests, call));
        };

    public static Func<ServerCall, Task> ServerStreaming<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class => async call =>
        {
            if (await ReadSingleAsync(call, method.RequestMarshaller) is not { } request) return;
            await handler(request, new ServerStreamWriter<TResponse>(call, method.ResponseMarshaller), call);
            call.End();
        };

    public static Func<ServerCall, Task> DuplexStreaming<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class => async call =>
        {
            var requests = new ServerStreamReader<TRequest>(call, method.RequestMarshaller);
            await handler(requests, new ServerStreamWriter<TResponse>(call, method.ResponseMarshaller), call);
            call.End();
        };

    /// <summary>Exactly one message; null when there was not, and the call was ended for that.</summary>
    private static async ValueTask<T?> ReadSingleAsync<T>(ServerCall call, Marshaller<T> marshaller)
        where T : class
    {
        var reader = call.ReaderOf(marshaller);
        var first = await call.ReadAsync(reader, CancellationToken.None);
        if (first is ReadOutcome.Message)
        {
            var message = reader.Current;
            var second = await call.ReadAsync(reader, CancellationToken.None);
            if (second is ReadOutcome.End) return message;
            if (second is ReadOutcome.Message) return Refuse("More than one message arrived for a single request.");
        }

        return first is ReadOutcome.End ? Refuse("No message arrived for a single request.") : Refuse(null);

        T? Refuse(string? detail)
        {
            call.End(detail is null ? call.FailureOf(reader) : new RpcException(new Status(StatusCode.Internal, detail)));
            return null;
        }
    }

    private static async Task AnswerAsync<T>(ServerCall call, Marshaller<T> marshaller, T? response)
        where T : class
    {
        if (call.Status.StatusCode is not StatusCode.OK)
        {
            call.End();
            return;
        }

        if (response is null) throw new RpcException(new Status(StatusCode.Internal, "The handler returned no message."));

        // Not flushed: headers, message and trailers leave together.
        await call.WriteAsync(response, marshaller, call.WriteOptions?.Flags ?? WriteFlags.None, flush: false);
        call.End();
    }
}
