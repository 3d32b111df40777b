using System.Buffers;
using Grpc.Core;

namespace Grpc.Protocol;

/// <summary>Shows one payload to a deserializer. One object per thread: deserializers are synchronous.</summary>
internal sealed class PayloadContext : DeserializationContext
{
    [ThreadStatic]
    private static PayloadContext? _ofThread;

    private ReadOnlySequence<byte> _payload;

    public override int PayloadLength => (int)_payload.Length;

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;

    public static T Deserialize<T>(Marshaller<T> marshaller, ReadOnlySequence<byte> payload)
    {
        // Taken while in use, so that a deserializer inside a deserializer gets its own.
        var context = _ofThread ?? new PayloadContext();
        _ofThread = null;
        context._payload = payload;
        try
        {
            return marshaller.ContextualDeserializer(context);
        }
        finally
        {
            context._payload = default;
            _ofThread = context;
        }
    }
}
