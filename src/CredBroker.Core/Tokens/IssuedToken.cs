using CredBroker.Core.Approvals;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Tokens;

/// <summary>A token as the database has it.</summary>
public sealed record IssuedToken
{
    /// <summary>The token.</summary>
    public required Jti Jti { get; init; }

    /// <summary>The task that it was minted under.</summary>
    public required TaskId Task { get; init; }

    /// <summary>What it is good for.</summary>
    public required Capability Capability { get; init; }

    /// <summary>Who takes it.</summary>
    public required string Audience { get; init; }

    /// <summary>What it is bound to.</summary>
    public required Binding Binding { get; init; }

    /// <summary>When it was issued.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>How many calls it was good for when it was issued; null: not counted.</summary>
    public required int? Uses { get; init; }

    /// <summary>The approval that it was minted on; null: nobody had to be asked.</summary>
    public ApprovalId? Approval { get; init; }

    /// <summary>The decision that allowed it.</summary>
    public required DecisionId Decision { get; init; }

    /// <summary><see cref="MintAsk.Digest"/> of the request that it answered.</summary>
    public required byte[] AskDigest { get; init; }
}
