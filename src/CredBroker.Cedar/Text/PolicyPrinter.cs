using System.Globalization;
using System.Text;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Text;

/// <summary>Writes policies as people do: annotations, scope and each condition on a line of its own. The text reads back to an equal policy.</summary>
public static class PolicyPrinter
{
    /// <summary>The text of one policy or template, without a line break at its end.</summary>
    public static string Print(CedarPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var output = new StringBuilder();
        foreach (var annotation in policy.Annotations)
            AppendAnnotation(output, annotation);
        output.Append(policy.Effect == Effect.Permit ? "permit" : "forbid").Append(" (principal");
        AppendScope(output, policy.Principal);
        output.Append(", action");
        AppendScope(output, policy.Action);
        output.Append(", resource");
        AppendScope(output, policy.Resource);
        output.Append(')');
        foreach (var condition in policy.Conditions)
        {
            output.Append(condition.IsUnless ? "\nunless { " : "\nwhen { ");
            new ExpressionPrinter(output).Append(condition.Body);
            output.Append(" }");
        }

        return output.Append(';').ToString();
    }

    /// <summary>The texts of several, with an empty line between each two.</summary>
    public static string Print(IEnumerable<CedarPolicy> policies) => string.Join("\n\n", policies.Select(Print));

    private static void AppendAnnotation(StringBuilder output, Annotation annotation)
    {
        output.Append('@').Append(annotation.Name);
        if (annotation.Value is not null)
        {
            output.Append('(');
            StringLiteral.AppendQuoted(output, annotation.Value);
            output.Append(')');
        }

        output.Append('\n');
    }

    private static void AppendScope(StringBuilder output, ScopeConstraint constraint)
    {
        switch (constraint)
        {
            case ScopeConstraint.Equal equal:
                output.Append(CultureInfo.InvariantCulture, $" == {equal.Entity}");
                break;
            case ScopeConstraint.In within:
                output.Append(CultureInfo.InvariantCulture, $" in {within.Entity}");
                break;
            case ScopeConstraint.Is type:
                output.Append(CultureInfo.InvariantCulture, $" is {type.Type}");
                break;
            case ScopeConstraint.IsIn within:
                output.Append(CultureInfo.InvariantCulture, $" is {within.Type} in {within.Entity}");
                break;
            default:
                break;
        }
    }

    private static void AppendScope(StringBuilder output, ActionConstraint constraint)
    {
        switch (constraint)
        {
            case ActionConstraint.Equal equal:
                output.Append(CultureInfo.InvariantCulture, $" == {equal.Action}");
                break;
            case ActionConstraint.In within:
                output.Append(CultureInfo.InvariantCulture, $" in {within.Action}");
                break;
            case ActionConstraint.InSet set:
                output.Append(" in [").AppendJoin(", ", set.Members).Append(']');
                break;
            default:
                break;
        }
    }
}
