using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Protocol;

namespace Grpc.Net.Client.Internal;

/// <summary>The responses of a call.</summary>
internal sealed class ClientStreamReader<T>(ClientCall call, Marshaller<T> marshaller) : IAsyncStreamReader<T>
    where T : class
{
    private MessageReader<T>? _reader;
    private int _isReading;

    public T Current => _reader?.Current ?? throw new InvalidOperationException("There is no current message.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isReading, 1) == 1)
            throw new InvalidOperationException("Only one read can be pending at a time.");

        try
        {
            // Half a message cannot be put back: giving up on a read gives up on the call.
            await using var registration = cancellationToken.UnsafeRegister(state => ((ClientCall)state!).Cancel(), call);
            return await NextAsync();
        }
        finally
        {
            _isReading = 0;
        }
    }

    /// <summary>The one response of a call whose server does not stream.</summary>
    public async Task<T> SingleAsync()
    {
        if (!await NextAsync()) throw call.Overrule("The server answered OK without a message.");

        var response = Current;
        if (await NextAsync()) throw call.Overrule("The server answered with more than one message.");
        return response;
    }

    private async ValueTask<bool> NextAsync()
    {
        try
        {
            var response = await call.ResponseAsync;
            if (call.IsFinished) return call.ThrowUnlessOk();

            _reader ??= await ReaderOfAsync(response);
            switch (await _reader.ReadAsync(call.Token))
            {
                case ReadOutcome.Message:
                    return true;
                case ReadOutcome.End:
                    call.FinishWith(response.TrailingHeaders);
                    return call.ThrowUnlessOk();
                default:
                    throw call.Fail(_reader.Failure);
            }
        }
        catch (Exception e) when (HttpFailure.IsExpected(e))
        {
            throw call.Fail(e);
        }
    }

    private async ValueTask<MessageReader<T>> ReaderOfAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStreamAsync(call.Token);
        return new MessageReader<T>(PipeReader.Create(body), marshaller, call.ResponseEncoding, call.MaxReceiveMessageSize);
    }
}
