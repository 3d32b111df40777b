using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Testing.Platform.Builder;
using Microsoft.Testing.Platform.Extensions.Messages;
using Microsoft.Testing.Platform.Extensions.TestHost;

namespace CredBroker.Testing;

/// <summary>
/// Breaks off a run in which a test does not end, and says which one it was. Part of every test project: without it a wait that nobody
/// ends would hold the gate for ever, and leave nothing to look for.
/// </summary>
public sealed class HungTests : IDataConsumer, IDisposable
{
    /// <summary>Many times what the slowest test takes.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(8);

    private readonly ConcurrentDictionary<string, (string Name, long Since)> _running = [];
    private readonly Timer _look;

    private HungTests() => _look = new(_ => Look(), null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));

    /// <summary>Called by the entry point that the test platform generates.</summary>
    public static void AddExtensions(ITestApplicationBuilder builder, string[] _)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.TestHost.AddDataConsumer(_ => new HungTests());
    }

    public Type[] DataTypesConsumed => [typeof(TestNodeUpdateMessage)];

    public string Uid => nameof(HungTests);

    public string Version => "1.0.0";

    public string DisplayName => "Hung tests";

    public string Description => "Breaks off a run in which a test does not end.";

    public Task<bool> IsEnabledAsync() => Task.FromResult(!Debugger.IsAttached);

    public Task ConsumeAsync(IDataProducer dataProducer, IData value, CancellationToken cancellationToken)
    {
        if (value is not TestNodeUpdateMessage { TestNode: var test }) return Task.CompletedTask;
        if (test.Properties.Any<InProgressTestNodeStateProperty>()) _running[test.Uid.Value] = (test.DisplayName, TimeProvider.System.GetTimestamp());
        else _running.TryRemove(test.Uid.Value, out _);
        return Task.CompletedTask;
    }

    public void Dispose() => _look.Dispose();

    private void Look()
    {
        var hung = _running.Values.Where(test => TimeProvider.System.GetElapsedTime(test.Since) > s_longest).Select(test => test.Name).ToArray();
        if (hung.Length > 0) Environment.FailFast($"No end after {s_longest.TotalMinutes} minutes: {string.Join(", ", hung)}");
    }
}
