using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CredBroker.Server.Hosting;

/// <summary>The folder of a cluster, held by this process for as long as the object lives: data, socket and what others left there.</summary>
internal sealed partial class EmbeddedPostgresFolder : IDisposable
{
    private const string SocketName = ".s.PGSQL.5432";

    /// <summary>sun_path is 108 bytes with its end, unix(7).</summary>
    private const int LongestSocketPath = 107;

    private readonly FileStream claim;

    private EmbeddedPostgresFolder(FileStream claim)
    {
        this.claim = claim;
        // The path without symbolic links, as the kernel names it: it is compared with the working folders of processes.
        var canonical = File.ResolveLinkTarget($"/proc/self/fd/{claim.SafeFileHandle.DangerousGetHandle()}", returnFinalTarget: false);
        Path = System.IO.Path.GetDirectoryName(canonical?.FullName) ?? throw new IOException("/proc is not mounted");
    }

    public string Path { get; }

    public string Data => System.IO.Path.Combine(Path, "data");

    public string Sockets => System.IO.Path.Combine(Path, "run");

    private string PidFile => System.IO.Path.Combine(Data, "postmaster.pid");

    /// <summary>Takes the folder, making it when absent.</summary>
    /// <exception cref="EmbeddedPostgresException">Another process has it, it cannot be written, or its path cannot hold a socket.</exception>
    public static EmbeddedPostgresFolder Claim(string path)
    {
        EmbeddedPostgresFolder? folder = null;
        try
        {
            Directory.CreateDirectory(path);
            // flock(2): the kernel lets go when we die, however we die.
            folder = new(new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            folder.CheckPath();
            return folder;
        }
        catch (EmbeddedPostgresException)
        {
            folder?.Dispose();
            throw;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EmbeddedPostgresException($"the folder {path} cannot be used: {e.Message}",
                "stop the other broker that uses it, or choose a folder of its own that this account may write", e);
        }
    }

    public void Dispose() => claim.Dispose();

    /// <summary>The major version of the cluster in the folder; null when there is none.</summary>
    public int? Major()
    {
        var file = System.IO.Path.Combine(Data, "PG_VERSION");
        return File.Exists(file) ? int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) : null;
    }

    /// <summary>The postmaster that the data folder names, and whether it accepts connections.</summary>
    public (int Process, bool Ready)? Postmaster()
    {
        try
        {
            var lines = File.ReadAllLines(PidFile);
            return lines.Length > 0 && int.TryParse(lines[0], CultureInfo.InvariantCulture, out var process)
                ? (process, lines.Length > 7 && lines[7].AsSpan().Trim() is "ready" or "standby")
                : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Every process that works in the data folder: a postmaster and its children, or children that outlive one.</summary>
    public IReadOnlyList<int> Processes() =>
        [.. Directory.EnumerateDirectories("/proc").Select(p => ProcessFolder().Match(p)).Where(m => m.Success)
            .Select(m => int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture)).Where(WorksHere)];

    /// <summary>
    /// Removes what a dead postmaster left. Call only when <see cref="Processes"/> is empty: then the process that the files
    /// name is a stranger with a number used again, which PostgreSQL itself cannot tell and would refuse to start over.
    /// </summary>
    public void RemoveRemains()
    {
        if (Directory.Exists(Data)) File.Delete(PidFile);
        if (!Directory.Exists(Sockets)) return;
        File.Delete(System.IO.Path.Combine(Sockets, SocketName));
        File.Delete(System.IO.Path.Combine(Sockets, SocketName + ".lock"));
    }

    private bool WorksHere(int process)
    {
        try
        {
            return new DirectoryInfo($"/proc/{process}/cwd").LinkTarget == Data;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // ended meanwhile, or not ours: those of the account can be read
        }
    }

    private void CheckPath()
    {
        var length = Encoding.UTF8.GetByteCount(System.IO.Path.Combine(Sockets, SocketName));
        if (length > LongestSocketPath)
        {
            throw new EmbeddedPostgresException(
                $"the folder {Path} is too long: its Unix socket would have a path of {length} bytes, and {LongestSocketPath} is the most",
                $"choose a folder whose path is at least {length - LongestSocketPath} bytes shorter");
        }
        // Both PostgreSQL and its clients read a list of folders there.
        if (Path.AsSpan().IndexOfAny(',', '"', '\n') >= 0)
        {
            throw new EmbeddedPostgresException($"the folder {Path} has a comma, a quote or a line break in its path", "choose another");
        }
    }

    [GeneratedRegex(@"^/proc/(\d+)$")]
    private static partial Regex ProcessFolder();
}
