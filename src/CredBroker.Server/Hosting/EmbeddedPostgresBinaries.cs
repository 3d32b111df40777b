using System.Globalization;
using System.Text.RegularExpressions;

namespace CredBroker.Server.Hosting;

/// <summary>Installed PostgreSQL programs.</summary>
/// <param name="Folder">Where postgres, initdb and pg_ctl are.</param>
/// <param name="Version">As the program says it, such as <c>15.18</c>.</param>
internal sealed partial record EmbeddedPostgresBinaries(string Folder, string Version)
{
    /// <summary>Older ones lack what the ledger's statements and the partitions need; 15 is what they were measured on.</summary>
    public const int OldestMajor = 15;

    private static readonly string[] Needed = ["postgres", "initdb", "pg_ctl"];

    /// <summary>The version of the format of the cluster's files.</summary>
    public int Major => int.Parse([.. Version.TakeWhile(char.IsAsciiDigit)], CultureInfo.InvariantCulture);

    /// <summary>The absolute path of a program.</summary>
    public string this[string program] => Path.Combine(Folder, program);

    /// <summary>Finds the newest installed programs, or the ones that can read a cluster that exists.</summary>
    /// <param name="account">Runs them to ask for their version.</param>
    /// <param name="configured">The only folder to look in; null: Debian's folders, then PATH.</param>
    /// <param name="needed">The major version that an existing cluster needs; null: any from <see cref="OldestMajor"/> on.</param>
    /// <param name="ct">Cancels the search.</param>
    /// <exception cref="EmbeddedPostgresException">There are none; the hint has the command that installs them.</exception>
    public static async Task<EmbeddedPostgresBinaries> FindAsync(
        EmbeddedPostgresAccount account, string? configured, int? needed, CancellationToken ct)
    {
        EmbeddedPostgresBinaries? best = null;
        var candidates = configured is null ? InstalledFolders() : [configured];
        foreach (var folder in candidates.Where(f => Needed.All(p => File.Exists(Path.Combine(f, p)))))
        {
            if (await VersionOfAsync(account, folder, ct) is not { } version) continue;
            var found = new EmbeddedPostgresBinaries(folder, version);
            if (found.Major < OldestMajor || (needed is { } major && found.Major != major)) continue;
            if (best is null || found.Major > best.Major) best = found;
        }
        return best ?? throw Missing(configured, needed);
    }

    /// <summary>The version in the answer to <c>postgres --version</c>; null when there is none.</summary>
    public static string? VersionIn(string said) => VersionSaid().Match(said) is { Success: true } match ? match.Value : null;

    private static async Task<string?> VersionOfAsync(EmbeddedPostgresAccount account, string folder, CancellationToken ct)
    {
        try
        {
            return VersionIn(await account.RunAsync(Path.Combine(folder, "postgres"), ["--version"], asAccount: false, ct));
        }
        catch (EmbeddedPostgresException)
        {
            return null; // a link that leads nowhere, or a program for another machine: not installed
        }
    }

    private static IEnumerable<string> InstalledFolders()
    {
        const string debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(debian) ? Directory.GetDirectories(debian) : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return versions.Select(v => Path.Combine(v, "bin")).Concat(path.Where(Path.IsPathRooted));
    }

    private static EmbeddedPostgresException Missing(string? configured, int? needed) => new(
        (needed is { } major ? $"PostgreSQL {major}, which the existing cluster needs," : $"PostgreSQL {OldestMajor} or newer")
            + " is not installed" + (configured is null ? "" : $" in {configured}"),
        $"apt-get install -y --no-install-recommends postgresql{(needed is { } n ? $"-{n}" : "")}");

    [GeneratedRegex(@"(?<=\(PostgreSQL\) )\d+(\.\d+|beta\d+|devel|rc\d+)?")]
    private static partial Regex VersionSaid();
}
