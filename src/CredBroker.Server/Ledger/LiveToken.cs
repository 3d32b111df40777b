using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;

namespace CredBroker.Server.Ledger;

/// <summary>A token that is valid at the moment of the read: what introspection tells of it, and no more.</summary>
internal sealed record LiveToken
{
    /// <summary>Its id.</summary>
    public required Jti Jti { get; init; }

    /// <summary>The task that it was minted under.</summary>
    public required TaskId TaskId { get; init; }

    /// <summary>The root of that task's tree.</summary>
    public required TaskId RootId { get; init; }

    /// <summary>SPIFFE ID of the workload that the task belongs to.</summary>
    public required string Workload { get; init; }

    /// <summary>SPIFFE ID of the workload that the root task belongs to: its <c>sub</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>On whose behalf.</summary>
    public required string Initiator { get; init; }

    /// <summary>What it is good for.</summary>
    public required GrantedText Capability { get; init; }

    /// <summary>Who it is for.</summary>
    public required string Audience { get; init; }

    /// <summary>What it is bound to; null: nothing.</summary>
    public required string? Cnf { get; init; }

    /// <summary>The key that signed it.</summary>
    public required string Kid { get; init; }

    /// <summary>Its <c>iat</c>.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Its <c>exp</c>.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>SHA-256 of the token as it left, 32 bytes.</summary>
    public required byte[] TokenHash { get; init; }
}

/// <summary>A capability as a token's row has it.</summary>
/// <param name="Tool">Its tool.</param>
/// <param name="Action">Its action.</param>
/// <param name="Resource">Its resource path.</param>
/// <param name="ParametersJson">PostgreSQL's spelling: spaces and the order of names may differ from what was written.</param>
internal readonly record struct GrantedText(string Tool, string Action, string Resource, string ParametersJson);
