using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;

namespace CredBroker.Load;

/// <summary>What a figure means nothing without.</summary>
internal static class Machine
{
    /// <summary>Names and values, in the order to show them.</summary>
    public static async Task<List<(string Name, string Value)>> FactsAsync(string postgres, string folder, string commit)
    {
        await using var database = NpgsqlDataSource.Create($"Host={postgres};Username=postgres;Database=postgres");
        return
        [
            .. Basics(commit),
            ("shared", "the cores by servers, PostgreSQL and load"),
            ("PostgreSQL", $"{await ShowAsync(database, "server_version")}, fsync {await ShowAsync(database, "fsync")}, "
                + $"synchronous_commit {await ShowAsync(database, "synchronous_commit")}, {FileSystemOf(folder)}"),
            ("callers", string.Create(CultureInfo.InvariantCulture,
                $"{ClosedLoop.Callers} on 4 connections, warmed up for {WarmUp.Usual}, {ClosedLoop.Measured.TotalSeconds} s measured per row")),
        ];
    }

    /// <summary>Those that do not depend on a database.</summary>
    public static IEnumerable<(string Name, string Value)> Basics(string commit) =>
    [
        ("commit", commit),
        ("CPU", $"{Line("/proc/cpuinfo", "model name")}, {Environment.ProcessorCount} cores"),
        ("memory", $"{Line("/proc/meminfo", "MemTotal")}"),
        ("kernel", File.ReadAllText("/proc/sys/kernel/osrelease").Trim()),
        (".NET", $"{RuntimeInformation.FrameworkDescription}, workstation GC, Release"),
    ];

    /// <summary>Load averages over 1, 5 and 15 minutes.</summary>
    public static string Load() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]);

    private static string Line(string file, string key) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown";

    private static string FileSystemOf(string folder) =>
        DriveInfo.GetDrives().Where(drive => folder.StartsWith(drive.Name, StringComparison.Ordinal)).MaxBy(drive => drive.Name.Length)?.DriveFormat ?? "unknown";

    private static async Task<string> ShowAsync(NpgsqlDataSource database, string setting)
    {
        await using var command = database.CreateCommand($"SHOW {setting}");
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
