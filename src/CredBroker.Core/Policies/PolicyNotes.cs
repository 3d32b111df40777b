using System.Collections.Immutable;
using CredBroker.Core.Catalog;

namespace CredBroker.Core.Policies;

/// <summary>What the annotations of one policy bind the broker to, when the policy is among those that permit.</summary>
internal sealed record PolicyNotes
{
    internal static readonly PolicyNotes None = new();

    /// <summary><c>@max_ttl("60s")</c>; null: no ceiling of its own.</summary>
    internal TimeSpan? MaxTimeToLive { get; init; }

    /// <summary><c>@single_use</c></summary>
    internal bool SingleUse { get; init; }

    /// <summary><c>@approvers("sre,security")</c>; none: it names nobody.</summary>
    internal ImmutableArray<CatalogName> Approvers { get; init; } = [];

    /// <summary><c>@quorum("2")</c></summary>
    internal int Quorum { get; init; } = 1;

    /// <summary><c>@obligation("…")</c>; null: none.</summary>
    internal string? Obligation { get; init; }
}
