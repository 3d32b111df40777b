namespace CredBroker.Core.Capabilities;

/// <summary>What the catalog has under a tool's and an action's name. The default value is: not even the tool.</summary>
/// <param name="ToolKnown">True when it has the tool.</param>
/// <param name="Rule">What it says of the action; null when it has no such action.</param>
public readonly record struct FoundRule(bool ToolKnown, ActionRule? Rule);
