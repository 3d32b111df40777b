using System.Diagnostics;
using CredBroker.Client;
using CredBroker.Server;
using CredBroker.V1;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Hosting;

/// <summary>A broker in a process of its own, to be killed: with SIGKILL, so that nothing in it can say goodbye.</summary>
/// <param name="database">That it serves from.</param>
/// <param name="folder">With the folder <c>catalog</c> in it; gets the socket.</param>
/// <param name="before">A program, with its arguments, that becomes the broker.</param>
internal sealed class KilledBroker(TestDatabase database, string folder, params string[] before) : IDisposable
{
    private Process? process;

    public string Socket { get; } = Path.Combine(folder, "s", "broker.sock");

    /// <summary>The child mode: runs until it is killed.</summary>
    public static async Task<int> RunAsync(string database, string socket, string catalog)
    {
        var options = new BrokerOptions { Database = database, UnixSocket = socket, CatalogFolder = catalog, CallsPerSecond = 100_000 };
        await using var broker = await RunningBroker.StartAsync(options, TimeProvider.System, logging: null, CancellationToken.None);
        await broker.RunAsync(CancellationToken.None);
        return 0;
    }

    public BrokerConnection Connect()
    {
        Assert.True(BrokerAddress.TryParse($"unix:{Socket}", out var address, out var problem), problem);
        // A call to a broker that was just killed is given up soon: the load goes on with a new connection.
        return BrokerConnection.Open(address!, new ConnectionOptions { CallTimeout = TimeSpan.FromSeconds(2) });
    }

    /// <summary>Starts it, and returns when it answers.</summary>
    public async Task StartAsync()
    {
        process = ChildProcess.StartUnder(before, "broker", database.ConnectionString, Socket, Path.Combine(folder, "catalog"));
        using var connection = Connect();
        await TestDatabase.UntilAsync(async () =>
        {
            Assert.False(process.HasExited, "the broker ended by itself");
            try
            {
                await connection.Admin.GetCatalogAsync(new GetCatalogRequest());
                return true;
            }
            catch (RpcException refused)
            {
                return refused.StatusCode == StatusCode.Unauthenticated;
            }
        });
    }

    public void Kill()
    {
        process!.Kill();
        process.WaitForExit();
        process.Dispose();
        process = null;
    }

    public void Dispose()
    {
        if (process is not null) Kill();
    }
}
