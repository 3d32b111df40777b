using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Grpc.Tests.Serving;

/// <summary>Counts the HTTP/2 frames that Kestrel says it received and sent, by type ("PING"): what no gRPC library shows.</summary>
public sealed class FrameLog : ILoggerProvider, ILogger
{
    private const string Category = "Microsoft.AspNetCore.Server.Kestrel.Http2";
    private const string Received = "Http2FrameReceived";
    private const string Sending = "Http2FrameSending";

    private readonly ConcurrentDictionary<(string Event, string Type), int> _counts = new();

    public int ReceivedOf(string type) => _counts.GetValueOrDefault((Received, type));

    public int SentOf(string type) => _counts.GetValueOrDefault((Sending, type));

    /// <summary>Has the server tell this object.</summary>
    public void Attach(IServiceCollection services) => services.AddSingleton(this).AddLogging(
        logging => logging.AddProvider(this).AddFilter<FrameLog>((category, level) => category == Category && level >= LogLevel.Trace));

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name is not (Received or Sending) || state is not IEnumerable<KeyValuePair<string, object?>> values) return;
        var type = values.First(value => value.Key.Equals("type", StringComparison.OrdinalIgnoreCase)).Value;
        _counts.AddOrUpdate((eventId.Name, $"{type}"), 1, (_, count) => count + 1);
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
