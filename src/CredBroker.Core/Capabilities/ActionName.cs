using System.Diagnostics.CodeAnalysis;

namespace CredBroker.Core.Capabilities;

/// <summary>The name of what can be done with a tool: <c>read</c>.</summary>
/// <remarks>
/// Grammar: <c>[a-z][a-z0-9_-]{0,63}</c>: no dot, so that <c>tool.action</c> has one reading, split at its last dot.
/// The default value names nothing and is refused wherever a name is needed.
/// </remarks>
public readonly record struct ActionName
{
    private readonly string? _text;

    private ActionName(string text) => _text = text;

    /// <summary>True for <c>default</c>, which is no name.</summary>
    public bool IsNone => _text is null;

    /// <summary>The only door: false, and <c>default</c>, for anything outside the grammar.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ActionName name)
    {
        name = default;
        if (text is null || !LowerName.Fits(text, LowerName.Action)) return false;
        name = new(text);
        return true;
    }

    /// <summary>The name as it was parsed; empty for <c>default</c>.</summary>
    public override string ToString() => _text ?? "";
}
