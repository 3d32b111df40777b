using System.Buffers;
using System.IO.Compression;
using Grpc.Core;

namespace Grpc.Protocol;

/// <summary>How the messages of a call are written.</summary>
/// <param name="MaxSize">Largest message in bytes; null is no limit.</param>
/// <param name="Encoding">What they are compressed with.</param>
/// <param name="Level">How hard.</param>
internal readonly record struct FrameRules(int? MaxSize, MessageEncoding Encoding, CompressionLevel Level);

/// <summary>
/// Takes one message from a serializer and writes its frame. One object per thread: serializers are synchronous.
/// When the size is known ahead and nothing is compressed, the message goes straight into the transport's buffer.
/// </summary>
internal sealed class FrameContext : SerializationContext, IBufferWriter<byte>
{
    [ThreadStatic]
    private static FrameContext? _ofThread;

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private IBufferWriter<byte>? _output;
    private FrameRules _rules;
    private int? _declared;
    private int _written;
    private bool _isDirect;
    private bool _isComplete;

    /// <summary>Writes one frame.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="message">The message.</param>
    /// <param name="marshaller">Its marshaller.</param>
    /// <param name="rules">How.</param>
    /// <param name="isTorn">Set to true when the serializer failed with part of the frame written.</param>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED when the message is over the limit; nothing was written then.</exception>
    /// <exception cref="InvalidOperationException">The serializer broke the contract.</exception>
    public static void Write<T>(IBufferWriter<byte> output, T message, Marshaller<T> marshaller, in FrameRules rules, ref bool isTorn)
    {
        var context = _ofThread ?? new FrameContext();
        _ofThread = null;
        context.Begin(output, rules);
        try
        {
            marshaller.ContextualSerializer(message, context);
            if (!context._isComplete) throw new InvalidOperationException("The serializer did not complete the message.");
        }
        finally
        {
            isTorn |= context._isDirect && !context._isComplete;
            context.Release();
            _ofThread = context;
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        CheckSize(payloadLength);
        _declared = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_declared is { } length && _rules.Encoding.IsIdentity && !_isDirect)
        {
            Frame.WriteHeader(_output!, length, isCompressed: false);
            _isDirect = true;
        }

        return this;
    }

    public override void Complete()
    {
        if (_declared is { } length && length != _written)
            throw new InvalidOperationException($"The serializer said {length} bytes and wrote {_written}.");

        if (!_isDirect) WriteWhole(_buffer.WrittenSpan);
        _isComplete = true;
    }

    public override void Complete(byte[] payload)
    {
        WriteWhole(payload);
        _isComplete = true;
    }

    public void Advance(int count)
    {
        Target.Advance(count);
        _written += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => Target.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => Target.GetSpan(sizeHint);

    private IBufferWriter<byte> Target => _isDirect ? _output! : _buffer;

    private void WriteWhole(ReadOnlySpan<byte> message)
    {
        CheckSize(message.Length);
        // An empty message stays as it is: .NET's streams make of nothing no valid gzip but nothing.
        var isCompressed = !_rules.Encoding.IsIdentity && !message.IsEmpty;
        if (isCompressed) message = _rules.Encoding.Compress(message, _rules.Level).Span;
        Frame.WriteHeader(_output!, message.Length, isCompressed);
        _output!.Write(message);
    }

    private void CheckSize(int length)
    {
        if (length > _rules.MaxSize)
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"Sending {length} bytes exceeds the limit of {_rules.MaxSize}."));
    }

    private void Begin(IBufferWriter<byte> output, in FrameRules rules)
    {
        _output = output;
        _rules = rules;
        _declared = null;
        _written = 0;
        _isDirect = false;
        _isComplete = false;
    }

    private void Release()
    {
        _output = null;
        _buffer.ResetWrittenCount();
    }
}
