using System.Collections.Concurrent;

namespace Grpc.Tests.Serving;

/// <summary>What handlers noticed.</summary>
public sealed class CallLog
{
    private readonly ConcurrentQueue<string> _entries = new();
    private readonly SemaphoreSlim _added = new(0);

    /// <summary>Ends the handlers that ignore their token.</summary>
    public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyCollection<string> Entries => _entries;

    /// <summary>Handlers of the echo service that run.</summary>
    public LiveCalls Live { get; } = new();

    public void Add(string entry)
    {
        _entries.Enqueue(entry);
        _added.Release();
    }

    /// <summary>Waits up to thirty seconds for the entry.</summary>
    public async Task WaitForAsync(string entry)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!_entries.Contains(entry)) await _added.WaitAsync(timeout.Token);
    }
}
