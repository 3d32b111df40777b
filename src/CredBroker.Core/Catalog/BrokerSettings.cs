using CredBroker.Core.Capabilities;

namespace CredBroker.Core.Catalog;

/// <summary>How texts that may hold secrets (intents, prompt fragments, results) are kept.</summary>
public enum PromptStore
{
    /// <summary>The text, less what looks like a secret.</summary>
    Scrubbed = 1,

    /// <summary>Only a salted digest.</summary>
    Digest = 2,
}

/// <summary>What the catalog says of the broker itself.</summary>
/// <param name="DelegationDepth">Deepest chain of delegated tasks below a root: 0 to 8; 0: no delegation.</param>
/// <param name="TokenLifetimes">Ceilings on token lifetime.</param>
/// <param name="Prompts">How prompt texts are kept.</param>
public sealed record BrokerSettings(int DelegationDepth, TokenLifetimes TokenLifetimes, PromptStore Prompts)
{
    /// <summary>Deepest delegation that a catalog may allow (the contract's limit).</summary>
    public const int MaxDelegationDepth = 8;

    /// <summary>What holds where the catalog says nothing.</summary>
    public static BrokerSettings Default { get; } = new(MaxDelegationDepth, TokenLifetimes.Default, PromptStore.Scrubbed);

    /// <summary>How approvals are decided and used.</summary>
    public ApprovalSettings Approvals { get; init; } = ApprovalSettings.Default;
}

/// <summary>The longest that a token of each risk class may live: 1 second to 1 hour each.</summary>
public sealed record TokenLifetimes(TimeSpan Read, TimeSpan Write, TimeSpan Privileged)
{
    /// <summary>10 minutes, 5 minutes, 1 minute.</summary>
    public static TokenLifetimes Default { get; } = new(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1));

    /// <summary>The ceiling of a risk class.</summary>
    public TimeSpan For(RiskClass risk) => risk switch
    {
        RiskClass.Read => Read,
        RiskClass.Write => Write,
        _ => Privileged,
    };
}
