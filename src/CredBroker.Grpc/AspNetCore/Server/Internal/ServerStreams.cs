using Grpc.Core;
using Grpc.Protocol;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>The requests of a call, for its handler.</summary>
internal sealed class ServerStreamReader<T>(ServerCall call, Marshaller<T> marshaller) : IAsyncStreamReader<T>
    where T : class
{
    private readonly MessageReader<T> _reader = call.ReaderOf(marshaller);

    public T Current => _reader.Current ?? throw new InvalidOperationException("There is no current message.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken) => await call.ReadAsync(_reader, cancellationToken) switch
    {
        ReadOutcome.Message => true,
        ReadOutcome.End => false,
        _ => throw call.FailureOf(_reader),
    };
}

/// <summary>The responses of a call, from its handler.</summary>
internal sealed class ServerStreamWriter<T>(ServerCall call, Marshaller<T> marshaller) : IServerStreamWriter<T>
    where T : class
{
    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();

        // Part of a message may be out when the token fires: only the end of the call can follow then.
        using var registration = cancellationToken.UnsafeRegister(state => ((ServerCall)state!).GiveUp(), call);
        var flags = (WriteOptions ?? call.WriteOptions)?.Flags ?? WriteFlags.None;
        await call.WriteAsync(message, marshaller, flags, flush: !flags.HasFlag(WriteFlags.BufferHint));
    }
}
