using System.Globalization;
using System.Text;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Unicode;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Validation;

/// <summary>
/// Warns of texts that may look like others than they are: with characters that turn the direction of text, with letters of several
/// scripts, and of names with characters that no name should have. What was meant well reads the same without them.
/// </summary>
internal sealed class LookAlikes(Findings findings)
{
    internal void Check(CedarPolicy policy)
    {
        Check(policy.Principal);
        foreach (var action in policy.Action.Actions) CheckName(action.Uid.Id, action.Span);
        Check(policy.Resource);
        foreach (var condition in policy.Conditions) Check(condition.Body);
    }

    private void Check(ScopeConstraint constraint)
    {
        var place = constraint switch
        {
            ScopeConstraint.Equal equal => equal.Entity,
            ScopeConstraint.In within => within.Entity,
            ScopeConstraint.IsIn within => within.Entity,
            _ => default,
        };
        if (place.Entity is { } uid) CheckName(uid.Id, place.Span);
    }

    private void Check(Expression expression)
    {
        var rest = new Stack<Expression>([expression]);
        while (rest.TryPop(out var next))
        {
            CheckOne(next);
            foreach (var child in next.Children.Reverse()) rest.Push(child);
        }
    }

    // Types and functions have names of ASCII letters.
    private void CheckOne(Expression expression)
    {
        switch (expression)
        {
            case Literal literal when literal.Value.TryGet(out string? text):
                CheckText(text, literal.Span);
                break;
            case Literal literal when literal.Value.TryGet(out EntityUid? uid):
                CheckName(uid.Id, literal.Span);
                break;
            case LikeExpression like:
                CheckText(string.Join('*', like.Pattern.Pieces), like.Span);
                break;
            case AttributeAccess access:
                CheckName(access.Name, access.NameSpan.IsNone ? access.Span : access.NameSpan);
                break;
            case AttributeTest test:
                foreach (var name in test.Path) CheckName(name, test.PathSpan.IsNone ? test.Span : test.PathSpan);
                break;
            case RecordExpression record:
                foreach (var field in record.Fields) CheckName(field.Name, record.Span);
                break;
            default:
                break;
        }
    }

    private void CheckText(string text, SourceSpan span) => Check("string", text, span, isName: false);

    private void CheckName(string name, SourceSpan span) => Check("name", name, span, isName: true);

    /// <summary>The worst of what is wrong with a text, and only that.</summary>
    private void Check(string what, string text, SourceSpan span, bool isName)
    {
        if (NameCharacters.FindTurning(text) is { } turning)
            findings.Warn(span, $"the {what} {Quoting.Code(text)} has {Name(turning)}, which changes the direction in which text is shown");
        else if (isName && NameCharacters.FindUnfit(text) is { } unfit)
            findings.Warn(span, $"the {what} {Quoting.Code(text)} has {Name(unfit)}, which is no character for names");
        else if (Scripts.FindStranger(text) is { } stranger)
            findings.Warn(span, $"the {what} {Quoting.Code(text)} mixes scripts: {Name(stranger)} is of another than what is before it");
    }

    private static string Name(Rune rune) => string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}");
}
