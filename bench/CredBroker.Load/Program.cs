using System.Globalization;
using CredBroker.Load;
using CredBroker.Load.Cells;
using CredBroker.Load.Policies;
using CredBroker.Load.Servers;

return args switch
{
    ["echo-server", var socket] => await EchoServer.RunAsync(socket),
    ["bare-server", var socket] => await BareServer.RunAsync(socket),
    ["broker", var folder] => await BrokerServer.RunAsync(folder, database: null, BenchCatalog.OnePolicy),
    ["broker", var folder, var database] => await BrokerServer.RunAsync(folder, database, BenchCatalog.OnePolicy),
    ["broker-policies", var folder] => await BrokerServer.RunAsync(folder, database: null, BenchCatalog.TenThousand()),
    ["echo", var address] => await OneCell.RunAsync(() => EchoCell.RunAsync(address, CpuMeter.None)),
    ["layer", var folder] => await OneCell.LayerAsync(folder),
    ["mint", var address] => await OneCell.RunAsync(() => MintCell.RunAsync(address, admin: null, new TokenPile(), CpuMeter.None)),
    ["mint", var address, var admin] => await OneCell.RunAsync(() => MintCell.RunAsync(address, admin, new TokenPile(), CpuMeter.None)),
    ["introspect", var mintAt, var readAt] => await OneCell.IntrospectAsync(mintAt, readAt, CpuMeter.None),
    ["introspect", var mintAt, var readAt, var server, var postmaster] => await OneCell.IntrospectAsync(mintAt, readAt, new CpuMeter(Number(server), Number(postmaster))),
    ["authorize", var address] => await OneCell.RunAsync(() => AuthorizeCell.RunAsync(address, proofs: false, CpuMeter.None)),
    ["authorize-proven", var address] => await OneCell.RunAsync(() => AuthorizeCell.RunAsync(address, proofs: true, CpuMeter.None)),
    ["run", var results, var commit] => await Run.AllAsync(results, commit),
    ["cedar", var results, var commit] => await PolicyRun.AllAsync(results, commit),
    _ => OneCell.Usage(),
};

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
