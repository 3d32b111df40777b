using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace CredBroker.IntegrationTests;

/// <summary>A log whose event ids a test can look at.</summary>
public sealed class ListedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<int> events = new();

    public IReadOnlyList<int> Events => [.. events];

    public ILogger<T> For<T>() => LoggerFactory.Create(b => b.SetMinimumLevel(LogLevel.Trace).AddProvider(this)).CreateLogger<T>();

    public ILogger CreateLogger(string categoryName) => new Listed(events);

    public void Dispose()
    {
    }

    private sealed class Listed(ConcurrentQueue<int> events) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            events.Enqueue(eventId.Id);
    }
}
