using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Health.V1;
using Grpc.Tests.Echo;

namespace Grpc.Tests.Interop;

/// <summary>Programs in other languages, under tests/interop.</summary>
internal static class ForeignProcess
{
    public const string Python = "/usr/bin/python3";

    private static readonly Lazy<Task<string?>> NodeModules = new(InstallNodeModulesAsync);

    public static string Folder { get; } = Path.Combine(RepositoryRoot(), "tests", "interop");

    /// <summary>Why Python cannot be used; null when it can.</summary>
    public static async Task<string?> WhyNoPythonAsync() =>
        await TryRunAsync(Python, ["-c", "import grpc, google.protobuf"]) is null ? null : "python3-grpcio is not installed";

    /// <summary>Why Node cannot be used; null when it can.</summary>
    public static Task<string?> WhyNoNodeAsync() => NodeModules.Value;

    /// <summary>Runs to the end, for three minutes at most; everything that it wrote.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, string[] arguments, string? folder = null, string? roots = null)
    {
        using var process = Start(program, arguments, folder, roots);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }

        return (process.ExitCode, await output + await errors);
    }

    /// <summary>Null when it ended well, else what it wrote, or why it could not be started.</summary>
    public static async Task<string?> TryRunAsync(string program, string[] arguments, string? folder = null)
    {
        try
        {
            var (exitCode, output) = await RunAsync(program, arguments, folder);
            return exitCode == 0 ? null : output;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return e.Message;
        }
    }

    /// <param name="program">What to run.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where; null: <see cref="Folder"/>.</param>
    /// <param name="roots">A PEM file of certificates that gRPC trusts (gRPC's own variable); null: those of the system.</param>
    public static Process Start(string program, string[] arguments, string? folder = null, string? roots = null) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder ?? Folder,
            Environment = { ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = roots },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    /// <summary>The protos of the tests, for clients that do not read .proto files.</summary>
    public static byte[] DescriptorSet() => new FileDescriptorSet
    {
        File =
        {
            EchoReflection.Descriptor.ToProto(),
            HealthReflection.Descriptor.ToProto(),
            Reflection.V1.ReflectionReflection.Descriptor.ToProto(),
            Reflection.V1Alpha.ReflectionReflection.Descriptor.ToProto(),
        },
    }.ToByteArray();

    private static async Task<string?> InstallNodeModulesAsync()
    {
        var folder = Path.Combine(Folder, "node");
        if (await TryRunAsync("node", ["--version"]) is { } missing) return $"node is not installed: {missing}";
        if (await TryRunAsync("npm", ["ls"], folder) is null) return null;
        return await TryRunAsync("npm", ["ci", "--no-audit", "--no-fund"], folder) is { } failure ? $"npm ci failed: {failure}" : null;
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "CredBroker.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
