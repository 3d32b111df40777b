using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog.Sections;

namespace CredBroker.Core.Catalog.Differences;

/// <summary>Differences of one tool and its actions.</summary>
internal static class ToolDiff
{
    internal static string Describe(Tool tool) =>
        $"audience {tool.Audience}, actions {Words.And(tool.Actions.Keys.Select(a => a.ToString()).Order(StringComparer.Ordinal))}";

    internal static void Add(DifferenceList found, string label, Tool old, Tool @new)
    {
        found.Value(label, "audience", old.Audience, @new.Audience);
        found.Permission(label, "bearer", old.BearerAllowed, @new.BearerAllowed);
        found.Compare($"{label}, action", old.Actions, @new.Actions, Describe, Add);
    }

    private static string Describe(ToolAction action) =>
        $"{Word(action.Rule.Risk)}, {Word(action.Rule.Data)} data{(action.Rule.Egress ? ", egress" : "")}";

    private static void Add(DifferenceList found, string label, ToolAction old, ToolAction @new)
    {
        found.Value(label, "risk", Word(old.Rule.Risk), Word(@new.Rule.Risk));
        found.Value(label, "data", Word(old.Rule.Data), Word(@new.Rule.Data));
        found.Value(label, "egress", old.Rule.Egress ? "yes" : "no", @new.Rule.Egress ? "yes" : "no");
        found.Ceiling(label, "longest token", old.Rule.MaxTokenLifetime, @new.Rule.MaxTokenLifetime);
        found.Permission(label, "use of a token more than once", !old.Rule.SingleUse, !@new.Rule.SingleUse);
        found.Value(label, "resources", Resources(old), Resources(@new));
        foreach (var name in old.Rule.Parameters.Keys.Union(@new.Rule.Parameters.Keys).OrderBy(n => n.ToString(), StringComparer.Ordinal))
            found.Value(label, $"parameter {name}", Parameter(old, name), Parameter(@new, name));
    }

    private static string Resources(ToolAction action) =>
        action.Resources.IsEmpty ? "any" : Words.Or(action.Resources.Select(r => r.ToString()));

    private static string? Parameter(ToolAction action, ParameterName name)
    {
        if (!action.Rule.Parameters.TryGetValue(name, out var type))
            return null;
        return action.Bounds.TryGetValue(name, out var bound) ? ConstraintWords.Of(bound) : $"any {Word(type)}";
    }

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
