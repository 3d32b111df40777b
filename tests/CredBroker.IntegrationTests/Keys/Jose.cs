using System.Diagnostics;
using System.Text.Json;

namespace CredBroker.IntegrationTests.Keys;

/// <summary>A JWT library that we did not write: jose, from npm, in a Node process that knows only the address of the key set.</summary>
internal static class Jose
{
    private static readonly Lazy<Task<string?>> s_missing = new(InstallAsync);

    private static string Folder { get; } = Path.Combine(RepositoryRoot(), "tests", "interop", "jose");

    /// <summary>Why it cannot be asked; null when it can.</summary>
    public static Task<string?> WhyNotAsync() => s_missing.Value;

    /// <summary>Asks about all tokens in one go; see <c>verify_tokens.mjs</c> for question and answer.</summary>
    public static async Task<JsonElement> VerifyAsync(object question)
    {
        var (exitCode, output, errors) = await RunAsync("node", ["verify_tokens.mjs"], JsonSerializer.Serialize(question));
        Assert.True(exitCode == 0, errors);
        return JsonDocument.Parse(output).RootElement;
    }

    private static async Task<string?> InstallAsync()
    {
        if (await WhyFailedAsync("node", "--version") is { } missing) return $"node is not installed: {missing}";
        if (await WhyFailedAsync("npm", "ls") is null) return null;
        return await WhyFailedAsync("npm", "ci", "--no-audit", "--no-fund") is { } failure ? $"npm ci failed: {failure}" : null;
    }

    private static async Task<string?> WhyFailedAsync(string program, params string[] arguments)
    {
        try
        {
            var (exitCode, output, errors) = await RunAsync(program, arguments, "");
            return exitCode == 0 ? null : output + errors;
        }
        catch (System.ComponentModel.Win32Exception notStarted)
        {
            return notStarted.Message;
        }
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("not started");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
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

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "CredBroker.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
