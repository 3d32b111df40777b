using CredBroker.Load.Cells;

namespace CredBroker.Load;

/// <summary>One cell against servers that run already, for profiling.</summary>
internal static class OneCell
{
    public static async Task<int> RunAsync(Func<Task<Measurement>> cell)
    {
        Console.WriteLine(await cell());
        return 0;
    }

    public static async Task<int> IntrospectAsync(string mintAt, string readAt, CpuMeter meter)
    {
        var pile = new TokenPile();
        Console.WriteLine($"mint                   {await MintCell.RunAsync(mintAt, admin: null, pile, meter)}");
        Console.WriteLine($"introspect, seen       {await IntrospectCell.SeenBeforeAsync(readAt, pile, meter)}");
        Console.WriteLine($"introspect, each once  {await IntrospectCell.EachOnceAsync(readAt, pile, meter)}");
        return 0;
    }

    public static async Task<int> LayerAsync(string folder)
    {
        var layer = await LayerCell.RunAsync(folder);
        Console.WriteLine($"bare Kestrel  {layer.Bare}\necho          {layer.Echo}\n{layer}");
        return 0;
    }

    public static int Usage()
    {
        Console.Error.WriteLine("""
            usage: credbroker-load run RESULTS-FOLDER COMMIT             everything, with servers of its own
                   credbroker-load cedar RESULTS-FOLDER COMMIT           the policy engine alone, without servers
                   credbroker-load echo-server SOCKET                    servers, until standard input ends;
                   credbroker-load bare-server SOCKET                    each prints its addresses
                   credbroker-load broker FOLDER [CONNECTION-STRING]
                   credbroker-load broker-policies FOLDER                with ten thousand policies
                   credbroker-load layer FOLDER                          bare-server and echo-server by turns
                   credbroker-load echo ADDRESS                          one cell each
                   credbroker-load mint ADDRESS [ADMIN-ADDRESS]          with it: a workload by join token, DPoP on every call
                   credbroker-load introspect MINT-ADDRESS ADDRESS [BROKER-PID POSTMASTER-PID]
                   credbroker-load authorize ADDRESS
                   credbroker-load authorize-proven ADDRESS              a DPoP proof with each call
            addresses: unix:/path or http://127.0.0.1:port
            """);
        return 2;
    }
}
