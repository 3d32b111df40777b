using System.Diagnostics.CodeAnalysis;

namespace CredBroker.Core.Capabilities;

/// <summary>The name of a callable thing in the catalog: <c>github.issues</c>.</summary>
/// <remarks>Grammar: <c>[a-z][a-z0-9._-]{0,63}</c>. The default value names nothing and is refused wherever a name is needed.</remarks>
public readonly record struct ToolName
{
    private readonly string? _text;

    private ToolName(string text) => _text = text;

    /// <summary>True for <c>default</c>, which is no name.</summary>
    public bool IsNone => _text is null;

    /// <summary>The only door: false, and <c>default</c>, for anything outside the grammar.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ToolName name)
    {
        name = default;
        if (text is null || !LowerName.Fits(text, LowerName.Tool)) return false;
        name = new(text);
        return true;
    }

    /// <summary>The name as it was parsed; empty for <c>default</c>.</summary>
    public override string ToString() => _text ?? "";
}
