namespace CredBroker.Core.Audit;

/// <summary>What an audit entry records. Stored as a number: numbers are never reused or renumbered.</summary>
public enum AuditKind
{
    /// <summary>Not a kind: refused by <see cref="AuditEntry"/>.</summary>
    Unspecified = 0,

    /// <summary>A token was minted: the decision and the issuance in one entry.</summary>
    TokenMinted = 1,

    /// <summary>A mint was denied: the decision and its true reason.</summary>
    MintDenied = 2,

    /// <summary>A task was started.</summary>
    TaskStarted = 3,

    /// <summary>A task, or a descendant with it, ended.</summary>
    TaskEnded = 4,

    /// <summary>Starting, delegating, accepting, reading or ending a task was denied.</summary>
    TaskDenied = 5,

    /// <summary>One token was revoked.</summary>
    TokenRevoked = 6,

    /// <summary>A catalog was applied.</summary>
    CatalogApplied = 7,

    /// <summary>A workload was attested and got an identity token.</summary>
    WorkloadAttested = 8,

    /// <summary>Evidence was refused.</summary>
    AttestationRefused = 9,

    /// <summary>An administrator revoked a task, a workload, a tool, an initiator, a key or everything.</summary>
    AdminRevoked = 10,

    /// <summary>A replica published the public half of a signing key.</summary>
    KeyPublished = 11,

    /// <summary>An administrator created a join token.</summary>
    JoinTokenCreated = 12,

    /// <summary>A call was denied before its rules were asked: the caller may not call it at all.</summary>
    CallDenied = 13,

    /// <summary>A part of a task was given to another workload, as a task that waits for it.</summary>
    TaskDelegated = 14,

    /// <summary>The workload that a task was delegated to took it.</summary>
    TaskAccepted = 15,

    /// <summary>Approvers were asked.</summary>
    ApprovalAsked = 16,

    /// <summary>An approver said yes or no.</summary>
    ApprovalVoted = 17,

    /// <summary>Deciding an approval, or waiting for one, was refused.</summary>
    ApprovalRefused = 18,

    /// <summary>An approval expired or was cancelled.</summary>
    ApprovalLapsed = 19,

    /// <summary>A backend was allowed one call with a token: the decision and the use in one entry.</summary>
    UseAuthorized = 20,

    /// <summary>A backend was not allowed a call with a token: the decision and its true reason.</summary>
    UseDenied = 21,

    /// <summary>What came of a call, as the enforcement point or the agent says.</summary>
    ResultRecorded = 22,

    /// <summary>An administrator asked which past decisions another catalog would make otherwise.</summary>
    CatalogSimulated = 23,

    /// <summary>A candidate was set to be judged beside the catalog in force.</summary>
    ShadowStarted = 24,

    /// <summary>The candidate was taken away.</summary>
    ShadowStopped = 25,
}
