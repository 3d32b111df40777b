using System.Diagnostics;
using System.Net.Sockets;
using CredBroker.Server.Attestation;

namespace CredBroker.Tests.Attestation;

/// <summary>A listening Unix socket and the real processes that connect to it.</summary>
public sealed class PeerHarness : IDisposable
{
    public const string Python = "/usr/bin/python3";
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly List<IDisposable> owned = [];

    public PeerHarness()
    {
        Folder = Directory.CreateTempSubdirectory("cb-peer-").FullName;
        // Children run as other users too.
        File.SetUnixFileMode(Folder, (UnixFileMode)0b111_101_101);
        Path = System.IO.Path.Combine(Folder, "s");
        listener.Bind(new UnixDomainSocketEndPoint(Path));
        File.SetUnixFileMode(Path, (UnixFileMode)0b110_110_110);
        listener.Listen(16);
    }

    public string Folder { get; }

    public string Path { get; }

    public static bool IsRoot => Environment.IsPrivilegedProcess;

    /// <summary>Starts a python program with the socket connected as <c>s</c>; it says "ready" when it is at <paramref name="then"/>'s end.</summary>
    public Process Start(string then, string program = Python, params string[] before)
    {
        const string connect = "import os,socket,sys,time\ns=socket.socket(socket.AF_UNIX)\ns.connect(sys.argv[1])\n";
        List<string> command = [.. before, program, "-c", connect + then + "\nprint('ready',flush=True)\nsys.stdin.read()", Path];
        var start = new ProcessStartInfo(command[0]) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
        foreach (var argument in command[1..])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        owned.Add(process);
        return process;
    }

    /// <summary>Starts it, waits until it is ready.</summary>
    public async Task<Process> StartReadyAsync(string then, string program = Python, params string[] before)
    {
        var process = Start(then, program, before);
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        return process;
    }

    internal Socket Accept()
    {
        var socket = listener.Accept();
        owned.Add(socket);
        return socket;
    }

    internal UnixPeer AcceptHeld()
    {
        var peer = UnixPeer.Read(Accept(), out var fault);
        Assert.Null(fault);
        owned.Add(peer!);
        return peer!;
    }

    internal UnixPeerFault? AcceptRefused()
    {
        Assert.Null(UnixPeer.Read(Accept(), out var fault));
        return fault;
    }

    public void Dispose()
    {
        foreach (var process in owned.OfType<Process>().Where(process => !process.HasExited))
            process.Kill(entireProcessTree: true);
        owned.ForEach(one => one.Dispose());
        listener.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
