using System.Collections.Immutable;

namespace CredBroker.Cedar.Text;

/// <summary>Collects the mistakes of one reading, up to <see cref="CedarLimits.MaxErrors"/>; reading goes on after each.</summary>
internal sealed class ErrorList(SourceText source)
{
    private readonly List<CedarError> _found = [];

    internal SourceText Source => source;

    internal int Count => _found.Count;

    internal bool IsFull => _found.Count > CedarLimits.MaxErrors;

    internal void Add(SourceSpan span, string problem, string? expected = null) => Add(new CedarError(source, span, problem, expected));

    internal void Add(CedarError error)
    {
        if (_found.Count < CedarLimits.MaxErrors)
            _found.Add(error);
        else if (_found.Count == CedarLimits.MaxErrors)
            _found.Add(error with { Problem = "more mistakes follow; these are the first", Expected = null });
    }

    /// <summary>True when the last complaint was about something within a span.</summary>
    internal bool HasWithin(SourceSpan span) => _found.Count > 0 && _found[^1].Span.Start >= span.Start && _found[^1].Span.End <= span.End;

    /// <summary>In the order in which they were found.</summary>
    internal ImmutableArray<CedarError> ToArray() => [.. _found];
}
