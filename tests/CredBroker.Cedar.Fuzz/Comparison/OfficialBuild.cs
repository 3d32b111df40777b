using System.ComponentModel;
using System.Diagnostics;

namespace CredBroker.Cedar.Fuzz.Comparison;

/// <summary>The official build of Cedar: npm's package, pinned in tests/interop/cedar, in a Node process.</summary>
internal static class OfficialBuild
{
    private static readonly Lazy<Task<string?>> s_missing = new(InstallAsync);

    private static string Folder { get; } = Path.Combine(Root(), "tests", "interop", "cedar");

    /// <summary>Why it cannot be asked; null when it can. What is missing of it is fetched.</summary>
    public static Task<string?> WhyNotAsync() => s_missing.Value;

    public static LineProcess Start() => new("node", Path.Combine(Folder, "official.mjs"));

    private static async Task<string?> InstallAsync()
    {
        if (await WhyFailedAsync("node", "--version") is { } missing) return $"node is not installed: {missing}";
        if (await WhyFailedAsync("npm", "ls") is null) return null;
        return await WhyFailedAsync("npm", "ci", "--no-audit", "--no-fund") is { } failure ? $"npm ci failed: {failure}" : null;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "CredBroker.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException($"CredBroker.sln is in no folder above {AppContext.BaseDirectory}");
        return folder.FullName;
    }

    private static async Task<string?> WhyFailedAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2), TimeProvider.System);
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return $"{program} took too long";
            }

            return process.ExitCode == 0 ? null : await output + await errors;
        }
        catch (Win32Exception notStarted)
        {
            return notStarted.Message;
        }
    }
}
