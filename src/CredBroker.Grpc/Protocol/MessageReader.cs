using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;

namespace Grpc.Protocol;

/// <summary>What a read gave.</summary>
internal enum ReadOutcome
{
    /// <summary>A message, in <see cref="MessageReader{T}.Current"/>.</summary>
    Message,

    /// <summary>The sender is done.</summary>
    End,

    /// <summary>The bytes break the protocol, in <see cref="MessageReader{T}.Failure"/>.</summary>
    Failed,

    /// <summary>Someone called CancelPendingRead.</summary>
    Cancelled,
}

/// <summary>Reads messages off a pipe, for both sides of a call.</summary>
internal sealed class MessageReader<T>(PipeReader pipe, Marshaller<T> marshaller, MessageEncoding encoding, int? maxSize)
    where T : class
{
    private bool _isEnded;

    public T? Current { get; private set; }

    public Status Failure { get; private set; }

    /// <summary>Reads what is there already; false when it does not suffice.</summary>
    public bool TryRead(out ReadOutcome outcome)
    {
        Current = null;
        outcome = ReadOutcome.End;
        if (_isEnded) return true;
        if (!pipe.TryRead(out var result) || Take(result) is not { } taken) return false;

        outcome = taken;
        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOutcome> ReadAsync(CancellationToken ct)
    {
        Current = null;
        if (_isEnded) return ReadOutcome.End;
        while (true)
        {
            var result = await pipe.ReadAsync(ct);
            if (Take(result) is { } outcome) return outcome;
        }
    }

    /// <summary>Null when more bytes are needed.</summary>
    private ReadOutcome? Take(ReadResult result)
    {
        var buffer = result.Buffer;
        var examined = buffer.End;
        try
        {
            if (result.IsCanceled)
            {
                examined = buffer.Start;
                return ReadOutcome.Cancelled;
            }

            switch (Frame.TryRead(ref buffer, maxSize, out var isCompressed, out var payload))
            {
                case FrameState.Message:
                    examined = buffer.Start;

                    // Known now, the end need not be asked for.
                    _isEnded = result.IsCompleted && buffer.IsEmpty;
                    return Decode(payload, isCompressed);
                case FrameState.TooLarge:
                    return Fail(StatusCode.ResourceExhausted, $"The message exceeds the limit of {maxSize} bytes.");
                case FrameState.BadFlag:
                    return Fail(StatusCode.Internal, "The compression flag of the message is neither 0 nor 1.");
                case FrameState.Incomplete when result.IsCompleted:
                    return buffer.IsEmpty ? ReadOutcome.End : Fail(StatusCode.Internal, "The stream ended inside a message.");
                case FrameState.Incomplete:
                    return null;
                default:
                    throw new UnreachableException();
            }
        }
        finally
        {
            pipe.AdvanceTo(buffer.Start, examined);
        }
    }

    private ReadOutcome Decode(ReadOnlySequence<byte> payload, bool isCompressed)
    {
        if (isCompressed)
        {
            switch (encoding.Inflate(payload, maxSize))
            {
                case Inflated.Message(var bytes):
                    payload = new ReadOnlySequence<byte>(bytes);
                    break;
                case Inflated.TooLarge:
                    return Fail(StatusCode.ResourceExhausted, $"The message exceeds the limit of {maxSize} bytes when decompressed.");
                default:
                    return Fail(StatusCode.Internal, $"The message is marked as compressed and is not valid {encoding.Name}.");
            }
        }

        try
        {
            Current = PayloadContext.Deserialize(marshaller, payload);
            return ReadOutcome.Message;
        }
        catch (InvalidProtocolBufferException)
        {
            // INTERNAL, as C-core answers it.
            return Fail(StatusCode.Internal, "The message is not a valid protocol buffer of its type.");
        }
    }

    private ReadOutcome Fail(StatusCode code, string detail)
    {
        Failure = new Status(code, detail);
        return ReadOutcome.Failed;
    }
}
