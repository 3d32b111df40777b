using System.Buffers;
using Grpc.Core;
using Grpc.Protocol;

namespace Grpc.Net.Client.Internal;

/// <summary>The body of a request with one message.</summary>
internal static class SingleMessage
{
    public static HttpContent Of<T>(ClientCall call, Marshaller<T> marshaller, T message)
    {
        var output = new ArrayBufferWriter<byte>();
        var isTorn = false;
        FrameContext.Write(output, message, marshaller, call.RulesFor(call.Options.WriteOptions), ref isTorn);
        return new ReadOnlyMemoryContent(output.WrittenMemory);
    }
}
