using System.Buffers;

namespace Grpc.Tests.Probes;

/// <summary>What came of sending much.</summary>
/// <param name="IsCut">True if the server closed the connection before all of it was sent and read.</param>
/// <param name="MostMemory">Bytes that the process held more than before, at the worst moment looked at.</param>
internal sealed record Flood(bool IsCut, long MostMemory)
{
    private const int PerBurst = 250;
    private const int PerLook = 20_000;

    /// <summary>Sends that many, reads what is answered and forgets it; ends when the server has read it all, or has cut.</summary>
    public static async Task<Flood> RunAsync(RawConnection connection, int count, Action<IBufferWriter<byte>, int> write)
    {
        var memory = new Memory();
        var reading = connection.ReachFenceAsync();
        var most = 0L;
        try
        {
            var burst = new ArrayBufferWriter<byte>();
            for (var sent = 0; sent < count; sent += PerBurst)
            {
                burst.ResetWrittenCount();
                for (var i = 0; i < PerBurst; i++) write(burst, sent + i);
                await connection.SendBytesAsync(burst.WrittenMemory);
                if (sent % PerLook == 0) most = Math.Max(most, memory.Grown);
            }

            await connection.SendAsync(RawConnection.Fence);
        }
        catch (IOException)
        {
            // Cut: the reader finds the end too.
        }

        var isBorne = await reading;
        return new Flood(!isBorne, Math.Max(most, memory.Grown));
    }

    /// <summary>Sends without ever reading, until the server takes no more for a while, has cut, or has taken that many.</summary>
    public static async Task<Flood> RunUnreadAsync(RawConnection connection, int count, Action<IBufferWriter<byte>, int> write)
    {
        var memory = new Memory();
        var burst = new ArrayBufferWriter<byte>();
        for (var sent = 0; sent < count; sent += PerBurst)
        {
            burst.ResetWrittenCount();
            for (var i = 0; i < PerBurst; i++) write(burst, sent + i);
            try
            {
                await connection.SendBytesAsync(burst.WrittenMemory).WaitAsync(TimeSpan.FromSeconds(2));
            }
            catch (TimeoutException)
            {
                break;
            }
            catch (IOException)
            {
                return new Flood(true, memory.Grown);
            }
        }

        return new Flood(false, memory.Grown);
    }
}
