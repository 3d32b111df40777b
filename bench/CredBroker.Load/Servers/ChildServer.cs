using System.Diagnostics;
using System.Globalization;

namespace CredBroker.Load.Servers;

/// <summary>A server in a process of its own: this program again. It ends with its standard input, so also when this process is killed.</summary>
internal sealed class ChildServer : IAsyncDisposable
{
    private readonly Process _process;

    private ChildServer(Process process, string[] addresses) => (_process, Addresses) = (process, addresses);

    /// <summary>Where it listens: the Unix socket, then the port.</summary>
    public string[] Addresses { get; }

    public int ProcessId => _process.Id;

    public static async Task<ChildServer> StartAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        var ready = await process.StandardOutput.ReadLineAsync();
        if (ready is null) throw new InvalidOperationException($"{arguments[0]} ended before it listened");
        return new(process, ready.Split(' '));
    }

    /// <summary>Bytes that the child has allocated since it began.</summary>
    public long Allocated()
    {
        _process.StandardInput.WriteLine();
        return long.Parse(_process.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
    }

    /// <summary>Says in the child that it listens, and tells what it has allocated when asked, until the parent wants it no more.</summary>
    public static async Task ServeAsync(IEnumerable<string> addresses)
    {
        Console.WriteLine(string.Join(' ', addresses));
        while (await Console.In.ReadLineAsync() is not null) Console.WriteLine(GC.GetTotalAllocatedBytes());
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
