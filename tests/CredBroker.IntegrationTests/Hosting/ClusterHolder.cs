using System.Diagnostics;
using System.Globalization;
using CredBroker.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace CredBroker.IntegrationTests.Hosting;

/// <summary>A process that runs an embedded cluster until it is killed, or until its standard input ends.</summary>
internal sealed class ClusterHolder : IAsyncDisposable
{
    private readonly Process process;

    private ClusterHolder(Process process, string connectionString, int postmaster)
    {
        this.process = process;
        ConnectionString = connectionString;
        Postmaster = postmaster;
    }

    public string ConnectionString { get; }

    public int Postmaster { get; }

    public static async Task<ClusterHolder> StartAsync(string folder, string? account = null)
    {
        var process = ChildProcess.Start(account, "hold-postgres", folder);
        var ready = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
            ?? throw new InvalidOperationException("the child ended without starting PostgreSQL");
        var parts = ready.Split('|');
        return new(process, parts[1], int.Parse(parts[0], CultureInfo.InvariantCulture));
    }

    /// <summary>kill -9 of the broker alone.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync(CancellationToken.None);
        }
        process.Dispose();
    }

    internal static async Task<int> HoldAsync(string folder)
    {
        await using var cluster = await EmbeddedPostgres.StartAsync(
            new() { Folder = folder, Durable = false }, NullLogger.Instance, TimeProvider.System, CancellationToken.None);
        Console.WriteLine($"{cluster.ProcessId}|{cluster.ConnectionString}");
        await Console.In.ReadToEndAsync();
        return 0;
    }
}
