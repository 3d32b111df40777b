using System.Diagnostics;

namespace CredBroker.IntegrationTests.Cli;

/// <summary>The program <c>credbroker</c> as a process of its own.</summary>
internal static class CredbrokerProcess
{
    public static Process Start(Dictionary<string, string> environment, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "credbroker.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException("not started");
    }

    /// <summary>Asks it to stop, as a service manager does.</summary>
    public static void Signal(this Process process)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
    }

    /// <summary>Asks it to stop, and waits until it has ended well.</summary>
    public static async Task TerminateAsync(this Process process)
    {
        process.Signal();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }
}
