using Grpc.Tests.Echo;
using Grpc.Tests.Serving;

namespace Grpc.Tests.Probes;

/// <summary>What must hold after every probe.</summary>
internal static class Aftermath
{
    /// <summary>Nothing that a probe started still runs, nothing failed in an unforeseen way, and an ordinary caller is served.</summary>
    public static async Task IsWellAsync(TestServer server)
    {
        await Eventually.HoldsAsync(() => server.Log.Live.Count == 0, "all handlers returned");
        using var channel = server.Channel();
        Assert.Equal("hello", (await new Echo.Echo.EchoClient(channel).SayAsync(new EchoRequest { Text = "hello" })).Text);
        Assert.DoesNotContain(server.Lines.All, line => line.StartsWith("Error", StringComparison.Ordinal));
    }
}
