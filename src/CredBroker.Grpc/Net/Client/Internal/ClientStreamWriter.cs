using System.Buffers;
using Grpc.Core;
using Grpc.Protocol;

namespace Grpc.Net.Client.Internal;

/// <summary>The requests of a call.</summary>
internal sealed class ClientStreamWriter<T> : IClientStreamWriter<T>
    where T : class
{
    private readonly ClientCall _call;
    private readonly Marshaller<T> _marshaller;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private int _isWriting;
    private bool _isComplete;

    public ClientStreamWriter(ClientCall call, Marshaller<T> marshaller, WriteOptions? options)
    {
        _call = call;
        _marshaller = marshaller;
        WriteOptions = options;
        Content = new StreamedContent();
        call.WhenFinished(Content.Abandon);
    }

    public StreamedContent Content { get; }

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Interlocked.Exchange(ref _isWriting, 1) == 1)
            throw new InvalidOperationException("Only one write can be pending at a time.");

        try
        {
            if (_isComplete) throw new InvalidOperationException("The request stream was completed already.");

            // Half a message cannot be taken back: giving up on a write gives up on the call.
            await using var registration = cancellationToken.UnsafeRegister(state => ((ClientCall)state!).Cancel(), _call);
            await SendAsync(message);
        }
        finally
        {
            _isWriting = 0;
        }
    }

    public Task CompleteAsync()
    {
        _isComplete = true;
        Content.Complete();
        return Task.CompletedTask;
    }

    private async Task SendAsync(T message)
    {
        try
        {
            var stream = await Content.StreamAsync;
            _buffer.ResetWrittenCount();
            var isTorn = false;
            FrameContext.Write(_buffer, message, _marshaller, _call.RulesFor(WriteOptions), ref isTorn);
            await stream.WriteAsync(_buffer.WrittenMemory, _call.Token);
            if (WriteOptions?.Flags.HasFlag(WriteFlags.BufferHint) is not true) await stream.FlushAsync(_call.Token);
        }
        catch (Exception e) when (HttpFailure.IsExpected(e))
        {
            throw await _call.FailWriteAsync(e);
        }
    }
}
