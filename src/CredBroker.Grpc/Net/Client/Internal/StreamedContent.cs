using System.Net;

namespace Grpc.Net.Client.Internal;

/// <summary>The body of a request with a stream of messages: lends the request's stream to a writer until that is done.</summary>
internal sealed class StreamedContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ready once the request's headers are out.</summary>
    public Task<Stream> StreamAsync => _stream.Task;

    /// <summary>No more messages.</summary>
    public void Complete() => _done.TrySetResult();

    /// <summary>The call is over: nobody may wait for the other any more.</summary>
    public void Abandon()
    {
        _stream.TrySetCanceled();
        _done.TrySetCanceled();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // Sends the headers: the server may answer before the first message.
        await stream.FlushAsync(cancellationToken);
        _stream.TrySetResult(stream);
        await _done.Task;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
