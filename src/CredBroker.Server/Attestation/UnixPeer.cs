using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Win32.SafeHandles;

namespace CredBroker.Server.Attestation;

/// <summary>
/// The process at the other end of a Unix socket, held by pidfd for the life of the connection.
/// User, groups and control group are boundaries. The executable tells honest programs of one user apart, and stops nobody
/// who runs code as that user: a program can connect, fork, and replace itself by a trusted one while its child speaks.
/// </summary>
/// <remarks>docs/threat-model.md says what rests on which of these. Source: unix(7), pidfd_open(2), proc(5).</remarks>
internal sealed class UnixPeer : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private readonly SafeFileHandle pidfd;
    private readonly ProcessFacts process;
    private long looked = long.MinValue;

    private UnixPeer(SafeFileHandle pidfd, PeerCredentials credentials, uint[] groups, ProcessFacts process)
    {
        this.pidfd = pidfd;
        this.process = process;
        Pid = credentials.Pid;
        Uid = credentials.Uid;
        Gid = credentials.Gid;
        Groups = groups;
    }

    /// <summary>In the broker's process namespace.</summary>
    public int Pid { get; }

    /// <summary>Effective user when it connected.</summary>
    public uint Uid { get; }

    /// <summary>Effective group when it connected.</summary>
    public uint Gid { get; }

    /// <summary>Supplementary groups when it connected.</summary>
    public IReadOnlyList<uint> Groups { get; }

    /// <summary>Null when the kernel does not let the broker look: another user's process without CAP_SYS_PTRACE.</summary>
    public PeerExecutable? Executable => process.Executable;

    /// <summary>Null when it is in the root group.</summary>
    public ControlGroup? ControlGroup => process.ControlGroup;

    /// <summary>Clock ticks after boot at which it started: for the record only, the pidfd is what holds it.</summary>
    public long StartTicks => process.StartTicks;

    /// <summary>True when the connection has ended.</summary>
    public bool IsReleased => pidfd.IsClosed;

    /// <summary>The peer of a request's connection; null when it did not come over a Unix socket, or was refused.</summary>
    public static UnixPeer? Of(HttpContext context) => UnixPeers.Of(context, out _);

    /// <summary>Reads the other end of a socket that was just accepted; null, and why, when it is nobody.</summary>
    public static UnixPeer? Read(Socket socket, out UnixPeerFault? fault)
    {
        // The order is what makes it free of races: hold the process, look at it, then make sure it was alive all along.
        // While it is alive its number cannot have been given to another.
        fault = UnixPeerFault.NoPidFd;
        var credentials = PeerSocket.CredentialsOf(socket);
        if (PeerSocket.GroupsOf(socket) is not { } groups)
            return null;
        var pidfd = PeerSocket.PidFdOf(socket);
        if (pidfd is null)
            return null;
        var process = Look(pidfd, credentials, out fault);
        if (process is not null)
            return new(pidfd, credentials, groups, process);
        pidfd.Dispose();
        return null;
    }

    /// <summary>
    /// For every call on the connection: null when it is alive, and was the same process when it was last looked at, at most a second ago.
    /// </summary>
    public UnixPeerFault? Check(TimeProvider clock)
    {
        if (NativeMethods.HasEnded(pidfd))
            return UnixPeerFault.Dead;
        var last = Interlocked.Read(ref looked);
        if (last != long.MinValue && clock.GetElapsedTime(last) < LookInterval)
            return null;
        if (Recheck() is { } fault)
            return fault;
        Interlocked.Exchange(ref looked, clock.GetTimestamp());
        return null;
    }

    /// <summary>Looks again: null when it is the same process, alive, under the same user, running the same file.</summary>
    public UnixPeerFault? Recheck()
    {
        using var now = Look(pidfd, new(Pid, Uid, Gid), out var fault);
        if (now is null)
            return fault;
        var same = now.Executable is null ? Executable is null : Executable?.IsSameAs(now.Executable) == true;
        return same && now.ControlGroup == ControlGroup ? null : UnixPeerFault.Changed;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        process.Dispose();
        pidfd.Dispose();
    }

    private static ProcessFacts? Look(SafeFileHandle pidfd, PeerCredentials credentials, out UnixPeerFault? fault)
    {
        var pid = ProcessFacts.PidOf(pidfd);
        fault = pid switch
        {
            null => UnixPeerFault.NoPidFd,
            0 => UnixPeerFault.Invisible,
            < 0 => UnixPeerFault.Dead,
            _ when pid != credentials.Pid => UnixPeerFault.Invisible,
            _ => null,
        };
        if (fault is not null)
            return null;

        var process = ProcessFacts.Read(credentials, out fault);
        if (!NativeMethods.HasEnded(pidfd))
            return process;

        process?.Dispose();
        fault = UnixPeerFault.Dead; // whatever was read may be another process's
        return null;
    }
}

/// <summary>Why a Unix peer is nobody.</summary>
internal enum UnixPeerFault
{
    /// <summary>The kernel gives no pidfd (Linux before 6.5, or a peer that died before it was accepted).</summary>
    NoPidFd = 1,

    /// <summary>It lives in a process namespace that we cannot see.</summary>
    Invisible = 2,

    /// <summary>It has ended; a child of it may hold the socket.</summary>
    Dead = 3,

    /// <summary>Its user is not, or not only, the one that connected.</summary>
    UserDiffers = 4,

    /// <summary>The file that it runs was deleted or replaced.</summary>
    ExecutableDeleted = 5,

    /// <summary>Its record in /proc is not as the kernel writes it.</summary>
    Unreadable = 6,

    /// <summary>It runs another file, or sits in another control group, than when it connected.</summary>
    Changed = 7,
}
