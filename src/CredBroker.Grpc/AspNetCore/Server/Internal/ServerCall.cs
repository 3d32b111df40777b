using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>One call: what the handler sees of it, and the way of its messages over HTTP.</summary>
internal sealed class ServerCall(HttpContext http, IMethod method, ServiceSettings settings) : ServerCallContext, IAsyncDisposable
{
    private readonly CallGate _gate = new(http, settings.Clock);
    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;
    private AuthContext? _authContext;
    private Dictionary<object, object>? _userState;
    private MessageEncoding _requestEncoding = MessageEncoding.Identity;
    private MessageEncoding _responseEncoding = MessageEncoding.Identity;
    private DateTime _deadline = DateTime.MaxValue;
    private bool _isStarted;
    private bool _isTorn;

    public HttpContext Http => http;

    public bool IsInterrupted => _gate.IsInterrupted;

    /// <summary>Reads the protocol's own headers. False when the call was refused for them; its end is written then.</summary>
    public bool TryStart()
    {
        var headers = http.Request.Headers;
        http.Response.ContentType = GrpcProtocol.ContentType;

        var encoding = headers.GrpcEncoding;
        if (encoding.Count > 0)
        {
            if (MessageEncoding.Find(encoding) is not { } known)
            {
                http.Response.Headers.GrpcAcceptEncoding = MessageEncoding.Supported;
                End(new Status(StatusCode.Unimplemented, "The message encoding is not supported."), null);
                return false;
            }

            _requestEncoding = known;
        }

        var timeout = headers.GrpcTimeout;
        if (timeout.Count > 0)
        {
            if (!GrpcTimeout.TryParse(timeout.ToString(), out var span))
            {
                End(new Status(StatusCode.Internal, "The grpc-timeout header is malformed."), null);
                return false;
            }

            _deadline = DeadlineAfter(span);
            _gate.StartDeadline(span);
        }

        if (IsRequestStream) LiftBodyLimits();
        if (IsRequestStream || IsResponseStream) _gate.EndWith(settings.StoppingAnswer, settings.Stopping);
        if (!IsResponseStream && !settings.ResponseEncoding.IsIdentity
            && settings.ResponseEncoding.IsAcceptedBy(headers.GrpcAcceptEncoding))
        {
            _responseEncoding = settings.ResponseEncoding;
            http.Response.Headers.GrpcEncoding = _responseEncoding.Name;
        }

        return true;
    }

    public MessageReader<T> ReaderOf<T>(Marshaller<T> marshaller)
        where T : class => new(http.Request.BodyReader, marshaller, _requestEncoding, settings.MaxReceiveMessageSize);

    /// <summary>The next message, or the end or failure of the stream.</summary>
    /// <exception cref="OperationCanceledException">The call was interrupted, or the caller is gone.</exception>
    public ValueTask<ReadOutcome> ReadAsync<T>(MessageReader<T> reader, CancellationToken ct)
        where T : class
    {
        try
        {
            if (reader.TryRead(out var outcome) && outcome is not ReadOutcome.Cancelled) return new(outcome);
        }
        catch (Exception e) when (IsLoss(e, ct))
        {
            throw Lost(e);
        }

        return WaitAsync(reader, ct);
    }

    /// <summary>The answer to messages that could not be read.</summary>
    public RpcException FailureOf<T>(MessageReader<T> reader)
        where T : class =>
        reader.Failure.StatusCode is StatusCode.ResourceExhausted ? TooLarge(reader.Failure.Detail) : new RpcException(reader.Failure);

    /// <summary>The answer to more bytes than are accepted.</summary>
    public RpcException TooLarge(string detail) =>
        settings.RefusalAnswer(CallRefusal.MessageTooLarge, new Status(StatusCode.ResourceExhausted, detail));

    public async Task WriteAsync<T>(T message, Marshaller<T> marshaller, WriteFlags flags, bool flush)
    {
        _gate.EnterWrite();
        var hasReader = true;
        try
        {
            if (!_isStarted) await StartResponseAsync();
            WriteFrame(message, marshaller, flags);
            if (flush) hasReader = await http.Response.BodyWriter.FlushAsync(CancellationToken.None) is { IsCompleted: false, IsCanceled: false };
        }
        finally
        {
            _gate.LeaveWrite();
        }

        if (hasReader) return;

        // The flush may end before RequestAborted fires: the handler must find its token cancelled nevertheless.
        _gate.CallerLeft();
        throw new OperationCanceledException("The caller has left.", _gate.Token);
    }

    /// <summary>Ends the call for the handler; without effect if it was interrupted.</summary>
    public void End(Status status, Metadata? trailers)
    {
        if (!_gate.TryEnd()) return;

        // Half a frame is out and cannot be taken back; a status behind it would be read as the rest of it.
        if (_isTorn) http.Features.Get<IHttpResetFeature>()?.Reset(GrpcProtocol.Http2InternalError);
        else ResponseEnd.Write(http, status, trailers);
    }

    /// <summary>Ends the call with what the layer itself refused.</summary>
    public void End(RpcException refusal) => End(refusal.Status, refusal.Trailers);

    /// <summary>Ends the call as the handler asked for.</summary>
    public void End() => End(StatusCore, _responseTrailers);

    /// <summary>The handler gave up on a write: the call cannot go on.</summary>
    public void GiveUp() => _gate.HandlerLeft();

    /// <summary>To be awaited last.</summary>
    public ValueTask DisposeAsync() => _gate.DisposeAsync();

    protected override string MethodCore => method.FullName;

    protected override string HostCore => http.Request.Host.Value ?? "";

    protected override string PeerCore => CallPeer.Address(http.Connection);

    protected override DateTime DeadlineCore => _deadline;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= ReadHeaders();

    protected override CancellationToken CancellationTokenCore => _gate.Token;

    protected override Metadata ResponseTrailersCore => _responseTrailers ??= [];

    protected override Status StatusCore { get; set; } = Status.DefaultSuccess;

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => _authContext ??= CallPeer.Identity(http.Connection);

    protected override IDictionary<object, object> UserStateCore => _userState ??= [];

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        new ServerPropagationToken(this, options ?? ContextPropagationOptions.Default);

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        _gate.EnterWrite();
        try
        {
            if (_isStarted) throw new InvalidOperationException("The response headers were sent already.");
            if (!ResponseEnd.TryWrite(http.Response.Headers, responseHeaders))
                throw new ArgumentException("The headers hold text outside printable ASCII.", nameof(responseHeaders));

            await StartResponseAsync();
            await http.Response.BodyWriter.FlushAsync(CancellationToken.None);
        }
        finally
        {
            _gate.LeaveWrite();
        }
    }

    private bool IsRequestStream => method.Type is MethodType.ClientStreaming or MethodType.DuplexStreaming;

    private bool IsResponseStream => method.Type is MethodType.ServerStreaming or MethodType.DuplexStreaming;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadOutcome> WaitAsync<T>(MessageReader<T> reader, CancellationToken ct)
        where T : class
    {
        try
        {
            var outcome = IsInterrupted ? ReadOutcome.Cancelled : await reader.ReadAsync(ct);
            return outcome is ReadOutcome.Cancelled ? throw new OperationCanceledException("The call has ended.", _gate.Token) : outcome;
        }
        catch (Exception e) when (IsLoss(e, ct))
        {
            throw Lost(e);
        }
    }

    /// <summary>Kestrel's ways of saying that the stream was reset or the connection lost.</summary>
    private bool IsLoss(Exception e, CancellationToken ct) => e switch
    {
        BadHttpRequestException => false,
        IOException => true,
        OperationCanceledException => !ct.IsCancellationRequested && !IsInterrupted,
        _ => false,
    };

    private OperationCanceledException Lost(Exception e)
    {
        _gate.CallerLeft();
        return new OperationCanceledException("The caller has left.", e, _gate.Token);
    }

    private Task StartResponseAsync()
    {
        _isStarted = true;
        return http.Response.StartAsync(CancellationToken.None);
    }

    private void WriteFrame<T>(T message, Marshaller<T> marshaller, WriteFlags flags)
    {
        var encoding = flags.HasFlag(WriteFlags.NoCompress) ? MessageEncoding.Identity : _responseEncoding;
        var rules = new FrameRules(settings.MaxSendMessageSize, encoding, settings.ResponseCompressionLevel);
        FrameContext.Write(http.Response.BodyWriter, message, marshaller, rules, ref _isTorn);
    }

    private DateTime DeadlineAfter(TimeSpan timeout)
    {
        var now = settings.Clock.GetUtcNow().UtcDateTime;
        return timeout < DateTime.MaxValue - now ? now + timeout : DateTime.MaxValue;
    }

    private Metadata ReadHeaders()
    {
        var metadata = new Metadata();
        foreach (var (name, values) in http.Request.Headers)
        {
            if (GrpcProtocol.IsReserved(name)) continue;
            if (!MetadataCodec.TryAdd(metadata, name, values))
                throw new RpcException(new Status(StatusCode.Internal, "A -bin header is not base64."));
        }

        return metadata;
    }

    /// <summary>A stream of messages may go on for ever, and pause; each of its messages is limited nevertheless.</summary>
    private void LiftBodyLimits()
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        if (http.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }
}
