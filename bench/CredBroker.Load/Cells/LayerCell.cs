using System.Globalization;
using CredBroker.Load.Servers;

namespace CredBroker.Load.Cells;

/// <summary>What our gRPC layer adds to Kestrel: both answer the same calls, by turns in the same run.</summary>
internal static class LayerCell
{
    // The first turn compiles.
    private static readonly WarmUp[] s_turns = [WarmUp.Usual, WarmUp.Again];

    public static async Task<Layer> RunAsync(string folder)
    {
        await using var bare = await ChildServer.StartAsync("bare-server", Path.Combine(folder, "bare.sock"));
        await using var echo = await ChildServer.StartAsync("echo-server", Path.Combine(folder, "echo.sock"));
        var (bares, echoes) = (new List<Measurement>(), new List<Measurement>());
        foreach (var warmUp in s_turns)
        {
            bares.Add(await CallAsync(bare, warmUp));
            echoes.Add(await CallAsync(echo, warmUp));
        }

        return new(Calmest(bares), Calmest(echoes));
    }

    private static Task<Measurement> CallAsync(ChildServer server, WarmUp warmUp) =>
        EchoCell.RunAsync(server.Addresses[0], new CpuMeter(server.ProcessId, null, server.Allocated), warmUp);

    /// <summary>The turn that others on the machine disturbed least.</summary>
    private static Measurement Calmest(List<Measurement> turns) => turns.MinBy(turn => turn.Cpu.Server)!;
}

/// <summary>Kestrel alone, and the echo service over our layer.</summary>
internal sealed record Layer(Measurement Bare, Measurement Echo)
{
    private const double MostCpu = 1.35;
    private const double MostBytes = 1_500;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        Echo above bare Kestrel: CPU of the server {Echo.Cpu.Server:0.00} us per call, {Echo.Cpu.Server / Bare.Cpu.Server:0.00} x of {Bare.Cpu.Server:0.00} us (aim: at most {MostCpu:0.00} x);
        allocated {Echo.Cpu.Allocated:N0} bytes per call (aim: at most {MostBytes:N0}), of which Kestrel alone {Bare.Cpu.Allocated:N0}.
        """);
}
