using System.Collections.Frozen;

namespace CredBroker.Core.Capabilities;

/// <summary>What the catalog says of one action of one tool, as plain values. Immutable: made once for each catalog version.</summary>
public sealed record ActionRule
{
    /// <summary>The tool.</summary>
    public required ToolName Tool { get; init; }

    /// <summary>The action.</summary>
    public required ActionName Action { get; init; }

    /// <summary>Who takes the tokens: the <c>aud</c> of RFC 7519 section 4.1.3.</summary>
    public required string Audience { get; init; }

    /// <summary>What the action can do.</summary>
    public required RiskClass Risk { get; init; }

    /// <summary>The most sensitive data that it touches.</summary>
    public required DataClass Data { get; init; }

    /// <summary>True when it can carry data out.</summary>
    public required bool Egress { get; init; }

    /// <summary>Longest life of a token for it: the tool's ceiling, over 0.</summary>
    public required TimeSpan MaxTokenLifetime { get; init; }

    /// <summary>True when tokens for it may be bound to no key (RFC 6750).</summary>
    public required bool BearerAllowed { get; init; }

    /// <summary>True when a token for it is good for one call. Privileged actions are single-use whatever this says.</summary>
    public required bool SingleUse { get; init; }

    /// <summary>The parameters that a capability may constrain, and their types.</summary>
    public required FrozenDictionary<ParameterName, ParameterType> Parameters { get; init; }
}
