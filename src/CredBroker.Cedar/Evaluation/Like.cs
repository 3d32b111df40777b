using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Evaluation;

/// <summary>Whether a text has a pattern.</summary>
internal sealed class Like(Code target, LikePattern pattern, SourceSpan span) : Code(span)
{
    private readonly PatternMatcher _matcher = new(pattern);

    internal override CedarValue Evaluate(ref Frame frame)
    {
        var value = target.Evaluate(ref frame);
        return value.TryGet(out string? text) ? CedarValue.Of(_matcher.IsMatch(text)) : frame.FailKind(target, value, ValueKind.String);
    }
}
