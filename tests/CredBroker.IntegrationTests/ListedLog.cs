using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace CredBroker.IntegrationTests;

/// <summary>A log whose events a test can look at.</summary>
public sealed class ListedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<(int Id, string Text)> events = new();

    public IReadOnlyList<int> Events => [.. events.Select(one => one.Id)];

    /// <summary>The texts of one event, oldest first.</summary>
    public IReadOnlyList<string> TextsOf(int id) => [.. events.Where(one => one.Id == id).Select(one => one.Text)];

    public ILogger<T> For<T>() => LoggerFactory.Create(b => b.SetMinimumLevel(LogLevel.Trace).AddProvider(this)).CreateLogger<T>();

    public ILogger CreateLogger(string categoryName) => new Listed(events);

    public void Dispose()
    {
    }

    private sealed class Listed(ConcurrentQueue<(int Id, string Text)> events) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            events.Enqueue((eventId.Id, formatter(state, exception)));
    }
}
