using CredBroker.Load.Protos;
using Google.Protobuf;

namespace CredBroker.Load.Cells;

/// <summary>200 bytes there and back.</summary>
internal static class EchoCell
{
    private const int Bytes = 200;

    public static EchoMessage Message { get; } = new() { Payload = ByteString.CopyFrom(new byte[Bytes]) };

    public static async Task<Measurement> RunAsync(string address, CpuMeter meter, WarmUp? warmUp = null)
    {
        using var channels = new Channels(address);
        var clients = channels.Clients(invoker => new Echo.EchoClient(invoker));
        return await ClosedLoop.RunAsync(async caller =>
        {
            var answer = await clients[caller % clients.Length].SayAsync(Message);
            return answer.Payload.Length == Bytes ? true : throw new InvalidOperationException("echo changed the message");
        }, warmUp ?? WarmUp.Usual, meter);
    }
}
