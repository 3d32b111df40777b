using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Protocol;

namespace Grpc.Net.Client.Internal;

/// <summary>One call over HTTP: its request, its deadline, and the one status with which it ends.</summary>
internal sealed class ClientCall : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly IMethod _method;
    private readonly string? _host;
    private readonly Lock _gate = new();

    [SuppressMessage("Usage", "CA2213", Justification = "Timers may still fire; a source without a timer holds nothing to dispose.")]
    private readonly CancellationTokenSource _cancellation = new();

    private readonly TaskCompletionSource<Metadata> _responseHeaders = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CallDeadline _deadline;
    private readonly CancellationTokenRegistration _callerToken;
    private readonly CancellationTokenRegistration _parentToken;
    private readonly CancellationTokenRegistration _channelToken;
    private Action? _whenFinished;
    private HttpResponseMessage? _response;
    private Status? _status;
    private Metadata _trailers = Metadata.Empty;

    public ClientCall(GrpcChannel channel, IMethod method, string? host, CallOptions options)
    {
        ObjectDisposedException.ThrowIf(channel.Closing.IsCancellationRequested, channel);
        _channel = channel;
        _method = method;
        _host = host;
        Options = options;
        Token = _cancellation.Token;
        RequestEncoding = ClientHeaders.EncodingChosenIn(options.Headers);
        _deadline = new CallDeadline(options, channel.Options.Clock, Cancel);
        _callerToken = CancelWith(options.CancellationToken);
        _channelToken = CancelWith(channel.Closing);
        if (options.PropagationToken is { Options.IsPropagateCancellation: true } parent) _parentToken = CancelWith(parent.ParentCancellationToken);
    }

    public CallOptions Options { get; }

    /// <summary>Fires when the call is cancelled, too late or over.</summary>
    public CancellationToken Token { get; }

    public int? MaxReceiveMessageSize => _channel.Options.MaxReceiveMessageSize;

    public MessageEncoding RequestEncoding { get; }

    public MessageEncoding ResponseEncoding { get; private set; } = MessageEncoding.Identity;

    public Task<Metadata> ResponseHeadersAsync => _responseHeaders.Task;

    /// <summary>The response as soon as its headers are there.</summary>
    public Task<HttpResponseMessage> ResponseAsync { get; private set; } = null!;

    public bool IsFinished => _status is not null;

    public FrameRules RulesFor(WriteOptions? options)
    {
        var encoding = options?.Flags.HasFlag(WriteFlags.NoCompress) is true ? MessageEncoding.Identity : RequestEncoding;
        return new FrameRules(_channel.Options.MaxSendMessageSize, encoding, CompressionLevel.Fastest);
    }

    public void Send(Func<HttpContent> content)
    {
        ResponseAsync = SendAsync(content);

        // A caller that reads no response is told of a failure by the status.
        _ = ResponseAsync.ContinueWith(
            failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    /// <summary>Has an action run when the call is over.</summary>
    public void WhenFinished(Action action) => _whenFinished = action;

    public void Cancel() => _cancellation.Cancel();

    public Status GetStatus() => _status ?? throw new InvalidOperationException("The call has not ended yet.");

    public Metadata GetTrailers() => _status is null ? throw new InvalidOperationException("The call has not ended yet.") : _trailers;

    /// <summary>False, for the end of the stream, when the call ended well.</summary>
    public bool ThrowUnlessOk() => GetStatus().StatusCode is StatusCode.OK ? false : throw Thrown();

    /// <summary>Ends the call with what the server sent behind its messages.</summary>
    public void FinishWith(HttpResponseHeaders trailers)
    {
        var (status, metadata) = ClientHeaders.ReadEnd(trailers);
        Finish(status, metadata);
    }

    /// <summary>Ends the call; the exception to throw tells its first end, which may be another.</summary>
    public RpcException Fail(Status status)
    {
        Finish(status, Metadata.Empty);
        return Thrown();
    }

    /// <summary>Ends the call, also if it ended OK: an answer that breaks the contract of the method is none.</summary>
    public RpcException Overrule(string detail)
    {
        var status = new Status(StatusCode.Internal, detail);
        Finish(status, Metadata.Empty);
        lock (_gate) _status = status;
        return Thrown();
    }

    public RpcException Fail(Exception failure) => Fail(StatusOf(failure));

    /// <summary>A write failed. The server may have answered already, which tells more than the failed write.</summary>
    public async Task<RpcException> FailWriteAsync(Exception failure)
    {
        if (!Token.IsCancellationRequested && failure is not OperationCanceledException)
            await Task.WhenAny(_finished.Task, Task.Delay(TimeSpan.FromMilliseconds(100), _channel.Options.Clock, CancellationToken.None));

        return Fail(failure);
    }

    public void Dispose() => Finish(new Status(StatusCode.Cancelled, "The call was disposed of before its end."), Metadata.Empty);

    private async Task<HttpResponseMessage> SendAsync(Func<HttpContent> content)
    {
        try
        {
            if (_deadline.IsPassed) throw new OperationCanceledException(Token);

            var headers = await ClientHeaders.WithCredentialsAsync(_channel, _method, Options, Token);
            var response = await SendAsync(content(), headers);
            lock (_gate) _response = response;
            Receive(response);
            return response;
        }
        catch (RpcException e)
        {
            Finish(e.Status, e.Trailers);
            throw Thrown();
        }
        catch (Exception e) when (HttpFailure.IsExpected(e))
        {
            throw Fail(e);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpContent content, Metadata? headers)
    {
        var pause = TimeSpan.FromMilliseconds(50);
        while (true)
        {
            var request = ClientHeaders.NewRequest(_channel.AddressOf(_method), _host, content, headers, _deadline.Left, RequestEncoding);
            try
            {
                return await _channel.Http.SendAsync(request, Token);
            }
            catch (HttpRequestException e) when (Options.IsWaitForReady && HttpFailure.IsConnectFailure(e))
            {
                await Task.Delay(pause, _channel.Options.Clock, Token);
                pause = pause < TimeSpan.FromSeconds(1) ? pause * 2 : pause;
            }
        }
    }

    /// <summary>Looks at the headers of the response, which may already be its end.</summary>
    private void Receive(HttpResponseMessage response)
    {
        if (ClientHeaders.RefusalIn(response) is { } refusal)
        {
            Finish(refusal, Metadata.Empty);
            return;
        }

        if (!ClientHeaders.TryRead(response.Headers, out var headers))
        {
            Finish(new Status(StatusCode.Internal, "A -bin header of the server is not base64."), Metadata.Empty);
            return;
        }

        if (ClientHeaders.FindEncoding(response.Headers) is { } encoding) ResponseEncoding = encoding;
        else
        {
            Finish(new Status(StatusCode.Internal, "The server compresses with an encoding that was not offered."), Metadata.Empty);
            return;
        }

        _responseHeaders.TrySetResult(headers);
        if (response.Headers.NonValidated.Contains(GrpcProtocol.StatusHeader)) FinishWith(response.Headers);
    }

    private void Finish(Status status, Metadata trailers)
    {
        HttpResponseMessage? response;
        lock (_gate)
        {
            if (_status is not null) return;
            _trailers = trailers;
            _status = status;
            response = _response;
        }

        _deadline.Dispose();
        _callerToken.Unregister();
        _parentToken.Unregister();
        _channelToken.Unregister();
        if (_responseHeaders.TrySetException(Thrown())) _ = _responseHeaders.Task.Exception;
        if (status.StatusCode is not StatusCode.OK) _cancellation.Cancel();
        _whenFinished?.Invoke();
        _finished.TrySetResult();
        response?.Dispose();
    }

    private Status StatusOf(Exception failure)
    {
        if (_deadline.IsPassed) return new Status(StatusCode.DeadlineExceeded, "Deadline exceeded.", failure);
        if (Token.IsCancellationRequested) return new Status(StatusCode.Cancelled, "The call was cancelled by the client.", failure);

        var status = HttpFailure.StatusOf(failure);

        // The server's clock may have been a little faster: then its reset is the deadline too.
        return status.StatusCode is StatusCode.Cancelled && _deadline.Left <= TimeSpan.Zero
            ? new Status(StatusCode.DeadlineExceeded, "Deadline exceeded.", failure)
            : status;
    }

    private RpcException Thrown() => new(GetStatus(), _trailers);

    private CancellationTokenRegistration CancelWith(CancellationToken token) =>
        token.UnsafeRegister(call => ((ClientCall)call!).Cancel(), this);
}
