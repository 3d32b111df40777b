using System.ComponentModel;
using System.Diagnostics;

namespace CredBroker.IntegrationTests.Interop;

/// <summary>Programs in other languages, in the folders of tests/interop.</summary>
internal static class ForeignProgram
{
    private static readonly DirectoryInfo s_root = FindRoot();

    /// <summary>The contract, for those who read it as it is written.</summary>
    public static string Protos { get; } = Path.Combine(s_root.FullName, "protos");

    /// <summary>The contract as a descriptor set, which the build writes.</summary>
    public static string Protoset { get; } = Path.Combine(s_root.FullName, "artifacts", "credbroker.protoset");

    /// <summary>Installs the packages of a folder. Why it could not; null when they are there.</summary>
    public static async Task<string?> InstallNodeModulesAsync(string folder)
    {
        if (await WhyFailedAsync(folder, "node", "--version") is { } missing) return $"node is not installed: {missing}";
        if (await WhyFailedAsync(folder, "npm", "ls") is null) return null;
        return await WhyFailedAsync(folder, "npm", "ci", "--no-audit", "--no-fund") is { } failure ? $"npm ci failed: {failure}" : null;
    }

    /// <summary>Null when it ended well, else what it wrote, or why it could not be started.</summary>
    public static async Task<string?> WhyFailedAsync(string folder, string program, params string[] arguments)
    {
        try
        {
            var (exitCode, output, errors) = await RunAsync(folder, program, arguments, "");
            return exitCode == 0 ? null : output + errors;
        }
        catch (Win32Exception notStarted)
        {
            return notStarted.Message;
        }
    }

    /// <summary>Runs to the end, for two minutes at most.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string folder, string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Path.Combine(s_root.FullName, "tests", "interop", folder),
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("not started");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2), TimeProvider.System);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }

        return (process.ExitCode, await output, await errors);
    }

    private static DirectoryInfo FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "CredBroker.sln"))) folder = folder.Parent;
        return folder;
    }
}
