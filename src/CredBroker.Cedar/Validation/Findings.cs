using System.Collections.Immutable;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Validation;

/// <summary>Collects what is wrong with a set of policies: the same mistake in several kinds of requests is one.</summary>
internal sealed class Findings
{
    private const int MaxSuggestions = 1_000;

    private readonly ImmutableArray<CedarError>.Builder _errors = ImmutableArray.CreateBuilder<CedarError>();
    private readonly ImmutableArray<CedarError>.Builder _warnings = ImmutableArray.CreateBuilder<CedarError>();
    private readonly HashSet<(SourceSpan, string)> _known = [];
    private readonly HashSet<(SourceSpan, string)> _knownWarnings = [];
    private PolicyId _id;
    private int _suggestions;
    private CedarPolicy? _policy;
    private int _count;

    /// <summary>Mistakes of the current policy, also those that are not kept because there are too many.</summary>
    internal int Count => _count;

    internal bool IsFull => _count > CedarLimits.MaxErrors;

    internal void Begin(PolicyId id, CedarPolicy policy)
    {
        (_id, _policy, _count) = (id, policy, 0);
        if (_known.Count > 0) _known.Clear();
        if (_knownWarnings.Count > 0) _knownWarnings.Clear();
    }

    internal void Error(SourceSpan span, string problem, string? expected = null)
    {
        _count++;
        if (_known.Count > CedarLimits.MaxErrors || !_known.Add((span, problem))) return;
        _errors.Add(_known.Count > CedarLimits.MaxErrors ? At(span, "more mistakes follow; these are the first", null) : At(span, problem, expected));
    }

    /// <summary>What may have been meant by a name; null when nothing is near, or when there were so many questions that this is no mistyping.</summary>
    internal string? Suggest(string name, IEnumerable<string> known) => _suggestions++ < MaxSuggestions ? Suggestions.For(name, known) : null;

    internal void Warn(SourceSpan span, string problem, string? expected = null)
    {
        if (_knownWarnings.Count > CedarLimits.MaxErrors || !_knownWarnings.Add((span, problem))) return;
        _warnings.Add(_knownWarnings.Count > CedarLimits.MaxErrors ? At(span, "more warnings follow; these are the first", null) : At(span, problem, expected));
    }

    internal ValidationResult ToResult() => new(_errors.ToImmutable(), _warnings.ToImmutable());

    private CedarError At(SourceSpan span, string problem, string? expected) =>
        new(_policy?.Source, span.IsNone && _policy is not null ? _policy.Span : span, problem, expected) { Policy = _id };
}
