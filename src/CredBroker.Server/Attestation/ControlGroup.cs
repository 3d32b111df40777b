using System.Buffers;

namespace CredBroker.Server.Attestation;

/// <summary>Where a process sits in the control groups: a boundary that it cannot leave without privilege.</summary>
/// <param name="Path">From the root of the hierarchy, as this process sees it.</param>
/// <param name="ContainerId">64 lower-case hexadecimal digits, when a container engine made the group.</param>
/// <remarks>Source: cgroups(7), "/proc/[pid]/cgroup".</remarks>
internal sealed record ControlGroup(string Path, string? ContainerId)
{
    private const int ContainerIdLength = 64;
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    // On a hybrid host version 2 says only "/", and these of version 1 are managed by the engine or systemd, never by a user.
    private static readonly string[] Hierarchies = ["", "memory", "pids", "name=systemd"];
    private static readonly string[] EnginePrefixes = ["docker-", "cri-containerd-", "crio-", "libpod-"];

    /// <summary>Reads the content of <c>/proc/[pid]/cgroup</c>. Null when it says nothing: the root group, or one outside our namespace.</summary>
    public static ControlGroup? Parse(string text)
    {
        foreach (var hierarchy in Hierarchies)
        {
            if (PathIn(text, hierarchy) is { } path && Says(path))
                return new(path, ContainerIdOf(path));
        }

        return null;
    }

    private static string? PathIn(string text, string hierarchy)
    {
        foreach (var line in text.Split('\n'))
        {
            // "number:controllers:path"; a path may hold colons, and version 2 has no controllers.
            var fields = line.Split(':', 3);
            if (fields.Length == 3 && (fields[0] == "0") == (hierarchy.Length == 0) && fields[1].Split(',').Contains(hierarchy))
                return fields[2];
        }

        return null;
    }

    private static bool Says(string path) =>
        path.Length > 1 && path[0] == '/' && path != "/.." && !path.StartsWith("/../", StringComparison.Ordinal);

    // The outermost match: a container may name the groups below its own as it likes. For the same reason nothing below
    // user.slice counts: systemd hands that part to the user.
    private static string? ContainerIdOf(string path)
    {
        foreach (var segment in path.Split('/'))
        {
            if (segment == "user.slice")
                return null;
            if (ContainerIdIn(segment) is { } id)
                return id;
        }

        return null;
    }

    private static string? ContainerIdIn(string segment)
    {
        var id = segment.AsSpan();
        if (id.EndsWith(".scope", StringComparison.Ordinal))
            id = id[..^".scope".Length];
        foreach (var prefix in EnginePrefixes)
        {
            if (id.StartsWith(prefix, StringComparison.Ordinal))
            {
                id = id[prefix.Length..];
                break;
            }
        }

        return id.Length == ContainerIdLength && !id.ContainsAnyExcept(Hexadecimal) ? id.ToString() : null;
    }
}
