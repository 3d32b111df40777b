using Microsoft.Win32.SafeHandles;

namespace CredBroker.Server.Attestation;

/// <summary>The file that a process runs, opened through <c>/proc/[pid]/exe</c>: the handle pins the inode, whatever happens to the path.</summary>
/// <param name="handle">Owned.</param>
/// <param name="key">Which file, in which state.</param>
/// <param name="path">In the broker's own mount namespace; null when the process lives in another, where a path means nothing here.</param>
internal sealed class PeerExecutable(SafeFileHandle handle, FileKey key, string? path) : IDisposable
{
    /// <summary>To read the content from.</summary>
    public SafeFileHandle Handle => handle;

    /// <summary>Which file, in which state, when it was opened.</summary>
    public FileKey Key => key;

    /// <summary>In the broker's own mount namespace, or null.</summary>
    public string? Path => path;

    /// <summary>Opens the executable of a process that the caller holds by pidfd, and who polls the pidfd afterwards.</summary>
    /// <param name="pid">In our process namespace.</param>
    /// <param name="isDeleted">The file that runs has no name any more, or a name that says so.</param>
    /// <returns>Null when the kernel does not let this process look, or the file was deleted.</returns>
    public static PeerExecutable? Open(int pid, out bool isDeleted)
    {
        isDeleted = false;
        var link = $"/proc/{pid}/exe";
        SafeFileHandle? handle = null;
        try
        {
            // ReadWrite | Delete: any narrower share makes .NET take a lock on somebody else's program.
            handle = File.OpenHandle(link, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            // Null when the kernel keeps it from us, although the file could be opened: then it says nothing.
            var target = new FileInfo(link).LinkTarget;
            // Never strip the suffix: a file may well be called so, and the one that ran is gone.
            isDeleted = target?.EndsWith(" (deleted)", StringComparison.Ordinal) == true;
            if (target is null || isDeleted || NativeMethods.StatusOf(handle) is not { IsRegular: true } status)
                return null;

            var pinned = handle;
            handle = null;
            return new(pinned, status.Key, MeansTheSameHere(pid, target) ? target : null);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            // Another user's process and no CAP_SYS_PTRACE, or not dumpable, or gone: the pidfd tells the last apart.
            return null;
        }
        finally
        {
            handle?.Dispose();
        }
    }

    /// <summary>True when the same file is still run under the same path.</summary>
    public bool IsSameAs(PeerExecutable other) => key.IsSameFile(other.Key) && path == other.Path;

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    // U+FFFD: the name is no UTF-8, and two different names would look the same.
    private static bool MeansTheSameHere(int pid, string target) =>
        target is ['/', ..] && !target.Contains('\uFFFD', StringComparison.Ordinal)
        && new FileInfo($"/proc/{pid}/ns/mnt").LinkTarget is { } theirs && theirs == new FileInfo("/proc/self/ns/mnt").LinkTarget;
}
