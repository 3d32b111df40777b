using System.Diagnostics.CodeAnalysis;
using CredBroker.Core.Capabilities;

namespace CredBroker.Core.Catalog;

/// <summary>What the catalog calls a workload, a workload class, an administrator or an approver group: <c>support-agent</c>.</summary>
/// <remarks>Grammar: <c>[a-z][a-z0-9._-]{0,63}</c>. The default value names nothing and is refused wherever a name is needed.</remarks>
public readonly record struct CatalogName
{
    private readonly string? text;

    private CatalogName(string text) => this.text = text;

    /// <summary>True for <c>default</c>, which is no name.</summary>
    public bool IsNone => text is null;

    /// <summary>The only door: false, and <c>default</c>, for anything outside the grammar.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CatalogName name)
    {
        name = default;
        if (text is null || !LowerName.Fits(text, LowerName.Tool)) return false;
        name = new(text);
        return true;
    }

    /// <summary>The name as it was parsed; empty for <c>default</c>.</summary>
    public override string ToString() => text ?? "";
}
