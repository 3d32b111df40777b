using System.Collections.Frozen;
using System.Collections.Immutable;
using CredBroker.Core.Capabilities;

namespace CredBroker.Core.Catalog;

/// <summary>A callable thing. Immutable: made once for each catalog version.</summary>
public sealed record Tool
{
    /// <summary>Its name.</summary>
    public required ToolName Name { get; init; }

    /// <summary>Who takes the tokens for it.</summary>
    public required string Audience { get; init; }

    /// <summary>The most sensitive data that its actions touch, unless the action says otherwise.</summary>
    public required DataClass Data { get; init; }

    /// <summary>True when its actions can carry data out, unless the action says otherwise.</summary>
    public required bool Egress { get; init; }

    /// <summary>True when tokens for it may be bound to no key (RFC 6750).</summary>
    public required bool BearerAllowed { get; init; }

    /// <summary>Its actions.</summary>
    public required FrozenDictionary<ActionName, ToolAction> Actions { get; init; }
}

/// <summary>One action of a tool.</summary>
public sealed record ToolAction
{
    /// <summary>What decisions need of it, with everything inherited from the tool and the ceilings resolved.</summary>
    public required ActionRule Rule { get; init; }

    /// <summary>Resources that exist for it: a capability lies within one of these. Empty: any resource.</summary>
    public required ImmutableArray<ResourcePattern> Resources { get; init; }

    /// <summary>The widest constraints of the parameters that have any; every allow-list entry lies within them.</summary>
    public required FrozenDictionary<ParameterName, ParameterConstraint> Bounds { get; init; }
}
