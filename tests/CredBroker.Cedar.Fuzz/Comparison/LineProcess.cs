using System.Diagnostics;
using System.Text;

namespace CredBroker.Cedar.Fuzz.Comparison;

/// <summary>A program that answers line by line. One that dies, or is silent for a minute, is started again for the next messages.</summary>
internal sealed class LineProcess(string program, params string[] arguments) : IAnswering, IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private Process? _process;

    public async Task<IReadOnlyList<string?>> AskAsync(IReadOnlyList<string> messages)
    {
        var answers = new string?[messages.Count];
        var process = _process ??= Start();
        var asking = WriteAsync(process, messages);
        var isAlive = true;
        for (var i = 0; i < answers.Length && isAlive; i++)
        {
            answers[i] = await ReadAsync(process);
            isAlive = answers[i] is not null;
        }

        if (!isAlive) Stop();
        await asking;
        return answers;
    }

    public void Dispose() => Stop();

    private Process Start() => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        StandardInputEncoding = s_utf8,
        StandardOutputEncoding = s_utf8,
    }) ?? throw new InvalidOperationException($"{program} was not started");

    private static async Task WriteAsync(Process process, IReadOnlyList<string> messages)
    {
        try
        {
            foreach (var message in messages) await process.StandardInput.WriteLineAsync(message);
            await process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // It died: its missing answers say so.
        }
    }

    private static async Task<string?> ReadAsync(Process process)
    {
        using var patience = new CancellationTokenSource(s_patience, TimeProvider.System);
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(patience.Token);
            return line is null || line.Contains("\"panic\":true", StringComparison.Ordinal) ? null : line;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private void Stop()
    {
        if (_process is not { } process) return;
        _process = null;
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }
}
