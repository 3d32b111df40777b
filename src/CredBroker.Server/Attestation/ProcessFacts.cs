using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CredBroker.Server.Attestation;

/// <summary>What <c>/proc/[pid]</c> says of a process (proc(5)).</summary>
/// <param name="Executable">Null when the kernel does not let us look; owned.</param>
/// <param name="ControlGroup">Null for the root group.</param>
/// <param name="StartTicks">Clock ticks after boot.</param>
internal sealed record ProcessFacts(PeerExecutable? Executable, ControlGroup? ControlGroup, long StartTicks) : IDisposable
{
    private const int LongestFile = 65_536;

    /// <summary>The number of the process of a pidfd: 0 when it is in a namespace that we cannot see, -1 when it is gone, null when unknown.</summary>
    public static int? PidOf(SafeFileHandle pidfd)
    {
        var text = Text($"/proc/self/fdinfo/{pidfd.DangerousGetHandle()}");
        GC.KeepAlive(pidfd);
        return text is not null && Field(text, "Pid:") is { } value
            && int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var pid) ? pid : null;
    }

    /// <summary>Reads a process that the caller holds. It may end meanwhile: the caller asks the pidfd afterwards.</summary>
    public static ProcessFacts? Read(PeerCredentials credentials, out UnixPeerFault? fault)
    {
        var folder = $"/proc/{credentials.Pid}";
        fault = UnixPeerFault.Unreadable;
        if (Text($"{folder}/status") is not { } status || Text($"{folder}/cgroup") is not { } groups || Text($"{folder}/stat") is not { } stat
            || StartTicksIn(stat) is not { } ticks)
            return null;

        // Real, effective, saved and file-system user. A set-user-id program answers to two users at once, and a program that
        // changed its user after connecting is not the one that the socket vouches for.
        if (!UsersAre(Field(status, "Uid:"), credentials.Uid))
        {
            fault = UnixPeerFault.UserDiffers;
            return null;
        }

        var group = ControlGroup.Parse(groups);
        var executable = PeerExecutable.Open(credentials.Pid, out var isDeleted);
        if (!isDeleted)
        {
            fault = null;
            return new(executable, group, ticks);
        }

        executable?.Dispose();
        fault = UnixPeerFault.ExecutableDeleted;
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => Executable?.Dispose();

    /// <summary>The value of a line that starts with <paramref name="name"/>; null when there is none.</summary>
    internal static string? Field(string text, string name)
    {
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
                return line[name.Length..].Trim();
        }

        return null;
    }

    /// <summary>True when there are four users, and each is the expected one.</summary>
    internal static bool UsersAre(string? field, uint expected)
    {
        var users = field?.Split('\t', StringSplitOptions.TrimEntries);
        return users is { Length: 4 }
            && users.All(user => uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var uid) && uid == expected);
    }

    /// <summary>Field 22 of <c>stat</c>; counted after the last parenthesis, since a program chooses its own name.</summary>
    internal static long? StartTicksIn(string stat)
    {
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 19 && long.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) ? ticks : null;
    }

    private static string? Text(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var bytes = new byte[4096];
            var length = 0;
            while (file.Read(bytes, length, bytes.Length - length) is > 0 and var read)
            {
                length += read;
                if (length == LongestFile)
                    return null;
                if (length == bytes.Length)
                    Array.Resize(ref bytes, length * 2);
            }

            return Encoding.UTF8.GetString(bytes, 0, length);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return null; // ended meanwhile (ENOENT, ESRCH)
        }
    }
}
