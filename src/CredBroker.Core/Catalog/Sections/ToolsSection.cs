using CredBroker.Core.Capabilities;

namespace CredBroker.Core.Catalog.Sections;

/// <summary>The section <c>tools</c>: what can be called.</summary>
internal static class ToolsSection
{
    private const int MaxTools = 1_000;
    private const int MaxActions = 64;

    internal static Declared<ToolName, ToolEntry> Read(Field? section, TokenLifetimes ceilings)
    {
        var declared = new Declared<ToolName, ToolEntry>();
        foreach (var (name, field) in section?.NamedByTool(MaxTools) ?? [])
            declared.Add(name, One(name, field, ceilings));
        return declared;
    }

    private static ToolEntry? One(ToolName name, Field field, TokenLifetimes ceilings)
    {
        if (field.Fields("audience", "data", "egress", "bearer", "actions") is not { } keys)
            return null;

        var audience = keys.Must("audience")?.StringOrUri();
        var data = keys.Must("data")?.Data();
        var egress = keys.Must("egress")?.Bool();
        var bearer = keys.May("bearer") is { } given ? given.Bool() : false;
        var about = audience is null || data is null || egress is null || bearer is null
            ? null
            : new ToolFacts(name, audience, data.Value, egress.Value, bearer.Value, ceilings);

        var actions = new Declared<ActionName, ToolAction>();
        var named = keys.Must("actions")?.NamedBy<ActionName>("action", MaxActions, ActionName.TryParse, Doors.ActionGrammar);
        foreach (var (action, entry) in named ?? [])
            actions.Add(action, ActionSection.Read(action, entry, about));
        return new(about, actions);
    }

    internal static DataClass? Data(this Field field) => field.OneOf(
        ("public", DataClass.Public), ("internal", DataClass.Internal), ("confidential", DataClass.Confidential),
        ("secret", DataClass.Secret));
}

/// <summary>What a tool's actions inherit from it.</summary>
internal sealed record ToolFacts(
    ToolName Name, string Audience, DataClass Data, bool Egress, bool BearerAllowed, TokenLifetimes Ceilings);

/// <summary>A tool as far as it could be read: its actions can be referred to even when the tool itself has mistakes.</summary>
/// <param name="Facts">Null when they could not be read.</param>
/// <param name="Actions">Its actions.</param>
internal sealed record ToolEntry(ToolFacts? Facts, Declared<ActionName, ToolAction> Actions)
{
    /// <summary>Only of a catalog without errors.</summary>
    internal Tool? Tool => Facts is null ? null : new()
    {
        Name = Facts.Name, Audience = Facts.Audience, Data = Facts.Data, Egress = Facts.Egress, BearerAllowed = Facts.BearerAllowed,
        Actions = Actions.Frozen(),
    };
}
