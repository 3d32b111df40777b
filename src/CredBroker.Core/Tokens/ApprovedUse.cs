using System.Collections.Immutable;
using CredBroker.Core.Approvals;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Tokens;

/// <summary>
/// One use of a token that the rules approved: all that the record and the answer need. Only <see cref="Authorizing"/> makes one, and the
/// ledger takes nothing else: code that skips the rules does not compile. Immutable.
/// </summary>
public sealed class ApprovedUse
{
    internal ApprovedUse(AuthorizeAsk ask, IssuedToken token, TaskFacts task, PolicyDecision policy, PolicyTerms terms)
    {
        Id = AuthorizationId.Derive(token.Jti, ask.Request, ask.Backend);
        Jti = token.Jti;
        Decision = ask.Decision;
        Task = task.Id;
        Root = task.Root;
        Workload = task.Workload;
        Initiator = task.Initiator;
        Backend = ask.Backend;
        Audience = token.Audience;
        Approval = token.Approval;
        Call = ask.Call;
        IsCounted = token.Uses is not null;
        IssuedAt = token.IssuedAt;
        Binding = token.Binding;
        HistoryVersion = task.HistoryVersion;
        CatalogVersion = policy.CatalogVersion;
        Policy = policy;
        Obligations = terms.Obligations;
        AskDigest = ask.Digest();
    }

    /// <summary>The use: asked for again it is the same.</summary>
    public AuthorizationId Id { get; }

    /// <summary>The token.</summary>
    public Jti Jti { get; }

    /// <summary>The decision that allowed it.</summary>
    public DecisionId Decision { get; }

    /// <summary>The task that the token lives under.</summary>
    public TaskId Task { get; }

    /// <summary>The root of the task's tree.</summary>
    public TaskId Root { get; }

    /// <summary>The workload that the token was minted for.</summary>
    public SpiffeId Workload { get; }

    /// <summary>On whose behalf the task runs.</summary>
    public string Initiator { get; }

    /// <summary>Who makes the call come true.</summary>
    public SpiffeId Backend { get; }

    /// <summary>The token's audience, which the backend serves.</summary>
    public string Audience { get; }

    /// <summary>The approval that the token was minted on; null: nobody had to be asked.</summary>
    public ApprovalId? Approval { get; }

    /// <summary>The call.</summary>
    public ToolCall Call { get; }

    /// <summary>True when the token is good for so many calls only. For a token's whole life the same.</summary>
    public bool IsCounted { get; }

    /// <summary>When the token was issued.</summary>
    public DateTimeOffset IssuedAt { get; }

    /// <summary>What the token is bound to.</summary>
    public Binding Binding { get; }

    /// <summary>The version of the history that the decision saw: the commit is conditional on it.</summary>
    public int HistoryVersion { get; }

    /// <summary>The catalog that the decision was made by: the commit is conditional on it.</summary>
    public int CatalogVersion { get; }

    /// <summary>What that catalog's policies said.</summary>
    public PolicyDecision Policy { get; }

    /// <summary>What the backend has to do beside the call, in the words of the policies that decided; mostly nothing.</summary>
    public ImmutableArray<string> Obligations { get; }

    /// <summary><see cref="AuthorizeAsk.Digest"/>: 32 bytes.</summary>
    public byte[] AskDigest { get; }
}
