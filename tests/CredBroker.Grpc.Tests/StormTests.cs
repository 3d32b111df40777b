using Grpc.Core;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;

namespace Grpc.Tests;

/// <summary>Kestrel uses its contexts again: calls that end in every way at once must not disturb each other.</summary>
public sealed class StormTests
{
    [Fact]
    public async Task Calls_that_end_in_all_ways_do_not_disturb_those_that_succeed()
    {
        await using var served = await Served.StartAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 3000).Select(i => CallAsync(served.Client, i)));
        Assert.All(outcomes.Where((_, i) => i % 6 == 0), outcome => Assert.Equal("right", outcome));
        Assert.All(outcomes, outcome => Assert.Contains(outcome, new[] { "right", "DeadlineExceeded", "Cancelled", "NotFound" }));
        Assert.DoesNotContain(served.Server.Lines.All, line => line.StartsWith("Error", StringComparison.Ordinal));

        served.Server.Log.Released.SetResult();
        Assert.Equal("right", await CallAsync(served.Client, 0));
    }

    private static async Task<string> CallAsync(Echo.Echo.EchoClient client, int i)
    {
        var soon = TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(i % 97);
        using var giveUp = new CancellationTokenSource();
        try
        {
            switch (i % 6)
            {
                case 0:
                    return (await client.SayAsync(new EchoRequest { Text = $"{i}" })).Text == $"{i}" ? "right" : "wrong";
                case 1:
                    return (await client.SayAsync(new EchoRequest { Text = $"{i}", Behaviour = "wait" }, deadline: soon)).Text;
                case 2:
                    giveUp.CancelAfter(TimeSpan.FromMilliseconds(i % 89));
                    return (await client.SayAsync(new EchoRequest { Behaviour = "wait" }, cancellationToken: giveUp.Token)).Text;
                case 3:
                    return (await client.SayAsync(new EchoRequest { Behaviour = "refuse" })).Text;
                case 4:
                    using (var call = client.Repeat(new EchoRequest { Text = $"{i}", Count = 100, Padding = 1000 }, deadline: soon))
                    {
                        await foreach (var reply in call.ResponseStream.ReadAllAsync())
                        {
                            if (reply.Text != $"{i}") return "wrong";
                        }

                        return "right";
                    }

                default:
                    using (var call = client.Repeat(new EchoRequest { Text = $"{i}", Count = 100_000 }))
                    {
                        return await call.ResponseStream.MoveNext() && call.ResponseStream.Current.Text == $"{i}" ? "right" : "wrong";
                    }
            }
        }
        catch (RpcException e)
        {
            return $"{e.StatusCode}";
        }
    }
}
