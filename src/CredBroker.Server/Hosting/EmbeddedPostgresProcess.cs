using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CredBroker.Server.Hosting;

/// <summary>A running postmaster, which the kernel interrupts when this process dies.</summary>
internal sealed class EmbeddedPostgresProcess
{
    private const int LinesKept = 20;

    private readonly TaskCompletionSource<int> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> lastLines = new();
    private readonly ILogger logger;

    private EmbeddedPostgresProcess(ILogger logger) => this.logger = logger;

    /// <summary>The process number of the postmaster.</summary>
    public int Id { get; private set; }

    /// <summary>Completes with the exit code.</summary>
    public Task<int> Exited => exited.Task;

    /// <summary>The last lines that it wrote, for a message about why it ended.</summary>
    public string LastWords => string.Join('\n', lastLines);

    /// <summary>Starts it; that it accepts connections is another matter.</summary>
    public static async Task<EmbeddedPostgresProcess> StartAsync(ProcessStartInfo command, ILogger logger)
    {
        var process = new EmbeddedPostgresProcess(logger);
        // PR_SET_PDEATHSIG follows the thread that forked, not the process: from a thread of the pool, PostgreSQL would be
        // stopped when the pool retires that thread. This one stays until PostgreSQL has ended.
        new Thread(() => process.Hold(command)) { IsBackground = true, Name = "postgres" }.Start();
        process.Id = await process.started.Task;
        return process;
    }

    private void Hold(ProcessStartInfo command)
    {
        try
        {
            using var process = EmbeddedPostgresAccount.Start(command);
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, said) => Keep(said.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            started.SetResult(process.Id);
            process.WaitForExit();
            exited.SetResult(process.ExitCode);
        }
        catch (EmbeddedPostgresException cannot)
        {
            started.SetException(cannot);
        }
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        logger.PostgresSays(line);
        lastLines.Enqueue(line);
        if (lastLines.Count > LinesKept) lastLines.TryDequeue(out _);
    }
}
