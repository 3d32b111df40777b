namespace CredBroker.Core;

/// <summary>
/// Why something was refused: the one vocabulary of the product. Numbers are part of the contract: never reused, never renumbered,
/// only appended within their group. Each is mapped once to a gRPC status; callers who may not know the reason see only the status.
/// The contract has the same list, in errors.proto: what is added here is added there.
/// </summary>
public enum Reason
{
    /// <summary>Not a reason: a refusal that carries it is a bug.</summary>
    Unspecified = 0,

    // 1-99: malformed input. INVALID_ARGUMENT, with the path of the field. 7 is not to be used: errors.proto reserves it.

    /// <summary>A field that the request needs is absent.</summary>
    FieldMissing = 1,

    /// <summary>A field is not in its one canonical form (a name, a path, an identifier, a key, an unknown enumeration value).</summary>
    FieldMalformed = 2,

    /// <summary>A number or a length of time is outside its range.</summary>
    FieldOutOfRange = 3,

    /// <summary>A text or a byte string is longer than its limit.</summary>
    FieldTooLong = 4,

    /// <summary>A list has more elements than its limit.</summary>
    TooManyElements = 5,

    /// <summary>A list names the same thing twice.</summary>
    DuplicateElement = 6,

    // 100-199: authority. PERMISSION_DENIED, and to a workload nothing else. 110 and 124 are not to be used; 199 is what the workload sees.

    /// <summary>The catalog has no such tool.</summary>
    UnknownTool = 100,

    /// <summary>The tool has no such action.</summary>
    UnknownAction = 101,

    /// <summary>The catalog gives the action no parameter of that name.</summary>
    UnknownParameter = 102,

    /// <summary>A parameter's constraint is not of the type that the catalog gives it.</summary>
    ParameterMistyped = 103,

    /// <summary>The catalog's allow-list gives the workload no such tool and action.</summary>
    ActionNotAllowed = 104,

    /// <summary>The allow-list gives the workload the action, but not on that resource.</summary>
    ResourceNotAllowed = 105,

    /// <summary>The allow-list gives the workload the action on the resource, but not with those parameters.</summary>
    ParameterNotAllowed = 106,

    /// <summary>The task's envelope has no such tool and action.</summary>
    ActionOutsideEnvelope = 107,

    /// <summary>The envelope has the action, but not on that resource.</summary>
    ResourceOutsideEnvelope = 108,

    /// <summary>The envelope has the action on the resource, but not with those parameters.</summary>
    ParameterOutsideEnvelope = 109,

    /// <summary>The credential is bound to no key, and the catalog does not allow bearer tokens for that tool.</summary>
    BearerNotAllowed = 111,

    /// <summary>The catalog no longer has the workload.</summary>
    UnknownWorkload = 112,

    /// <summary>No task has that id.</summary>
    UnknownTask = 113,

    /// <summary>The task belongs to another workload.</summary>
    NotYourTask = 114,

    /// <summary>The task has ended, or is past its deadline or its heartbeat.</summary>
    TaskOver = 115,

    /// <summary>The task waits for its workload to accept it.</summary>
    TaskWaiting = 116,

    /// <summary>The task has used its whole budget of tokens.</summary>
    BudgetSpent = 117,

    /// <summary>The task would live longer than the catalog allows the workload's tasks.</summary>
    TaskLifetimeOverCeiling = 118,

    /// <summary>The task asks for a larger budget than the catalog allows the workload's tasks.</summary>
    TaskBudgetOverCeiling = 119,

    /// <summary>No token has that id.</summary>
    UnknownToken = 120,

    /// <summary>The token belongs to another workload's task.</summary>
    NotYourToken = 121,

    /// <summary>The call is not for callers of that kind: the table of RPCs says which are.</summary>
    CallerMayNotCall = 122,

    /// <summary>The administrator has none of the roles that the call needs.</summary>
    RoleMissing = 123,

    /// <summary>No policy permits it, or one forbids it.</summary>
    PolicyDenied = 125,

    /// <summary>The policies permit it only with an approver's yes.</summary>
    ApprovalRequired = 126,

    /// <summary>The catalog has no workload of that SPIFFE ID to delegate to.</summary>
    UnknownDelegate = 127,

    /// <summary>The task is, or would be, deeper below its root than the catalog lets tasks be.</summary>
    DepthOverCeiling = 128,

    /// <summary>The catalog does not, or no longer, allow it to the workload of a task above.</summary>
    NotAllowedAbove = 129,

    /// <summary>The delegated task asks for a larger budget than its parent has left.</summary>
    BudgetOverParents = 130,

    /// <summary>The call is not within what the token was granted for.</summary>
    CallOutsideGrant = 132,

    /// <summary>The token has been used as often as it may.</summary>
    UsesSpent = 133,

    /// <summary>The token is bound, and nothing was shown that whoever presented it holds what it is bound to.</summary>
    ProofMissing = 134,

    /// <summary>What was shown does not hold for this token, this request and this moment.</summary>
    PresentedProofRefused = 135,

    /// <summary>The proof was presented before, for another request.</summary>
    PresentedProofReplayed = 136,

    /// <summary>The token is past its time, was revoked, or its key was.</summary>
    TokenOver = 137,

    /// <summary>The backend does not serve the audience of the token, or the tool is not that audience's any more.</summary>
    AudienceNotServed = 138,

    /// <summary>A policy that forbids failed, so what it would have said is not known.</summary>
    PolicyFailed = 140,

    /// <summary>No approval has that id.</summary>
    UnknownApproval = 141,

    /// <summary>The approval belongs to another workload's task.</summary>
    NotYourApproval = 142,

    /// <summary>The approval is for another task, another capability, or other parameters.</summary>
    ApprovalForOther = 143,

    /// <summary>The approval has not been given yet.</summary>
    ApprovalNotGiven = 144,

    /// <summary>The approval was denied, used, cancelled, or has expired.</summary>
    ApprovalOver = 145,

    /// <summary>The approver belongs to no group that the policy names.</summary>
    NotAnApprover = 146,

    /// <summary>The approver is the task's initiator, an owner of a workload of its chain, or such a workload.</summary>
    SelfApproval = 147,

    /// <summary>The approver has decided it already, and others have to as well.</summary>
    AlreadyVoted = 148,

    /// <summary>Those who approved it are not enough by the catalog of now.</summary>
    ApprovalNotEnough = 149,

    // 200-299: evidence. PERMISSION_DENIED, and to the caller nothing else (attestation.proto, Attest).

    /// <summary>No trust domain of the catalog vouches for this evidence.</summary>
    UnknownTrustDomain = 200,

    /// <summary>The issuer is not the trust domain's.</summary>
    WrongIssuer = 201,

    /// <summary>The evidence was made for another audience.</summary>
    WrongAudience = 202,

    /// <summary>The evidence has expired.</summary>
    EvidenceExpired = 203,

    /// <summary>The evidence is not valid yet.</summary>
    EvidenceNotYetValid = 204,

    /// <summary>The signature, or the certificate chain, does not verify.</summary>
    BadSignature = 205,

    /// <summary>The evidence cannot be read: not a JWT, not a certificate, a claim missing or of the wrong type.</summary>
    EvidenceMalformed = 206,

    /// <summary>The evidence is good, and no workload of the catalog has its selectors.</summary>
    NoWorkloadMatches = 207,

    /// <summary>The evidence is good, and more than one workload of the catalog has its selectors.</summary>
    SeveralWorkloadsMatch = 208,

    /// <summary>The join token is unknown, expired, or consumed.</summary>
    JoinTokenUnknownOrUsed = 209,

    /// <summary>The process at the other end of the Unix socket ended, or became another, while it was being attested.</summary>
    PeerGone = 210,

    /// <summary>The kernel gave no pidfd for the peer, so it cannot be held while it is read.</summary>
    NoPeerPidfd = 211,

    /// <summary>The evidence belongs to the connection, and this connection carries none of that kind.</summary>
    NoPeerEvidence = 212,

    /// <summary>The trust domain has no key with that id, also after a refresh.</summary>
    UnknownKey = 213,

    /// <summary>The algorithm is not the one of the key.</summary>
    AlgorithmNotAllowed = 214,

    /// <summary>The trust domain's keys cannot be read at the moment.</summary>
    TrustBundleAway = 215,

    /// <summary>The catalog does not let that workload, or that trust domain, be attested by evidence of that kind.</summary>
    EvidenceKindNotAllowed = 216,

    // 300-399: authentication of a call. UNAUTHENTICATED.

    /// <summary>The call carries no credential.</summary>
    NoCredential = 300,

    /// <summary>The identity token is not one of ours, has expired, or its key is revoked.</summary>
    IdentityTokenRefused = 301,

    /// <summary>The DPoP proof is not for this call, this token, this moment, or does not verify (RFC 9449 section 4.3).</summary>
    ProofRefused = 302,

    /// <summary>The DPoP proof was seen before (RFC 9449 section 11.1).</summary>
    ProofReplayed = 303,

    /// <summary>The DPoP proof must carry the nonce that this answer gives (RFC 9449 section 8).</summary>
    UseDpopNonce = 304,

    // 400-499: too much. RESOURCE_EXHAUSTED, with the limit and when to try again.

    /// <summary>More calls than the caller's rate allows.</summary>
    RateLimited = 400,

    /// <summary>The workload has as many live tasks as it may have.</summary>
    TooManyTasks = 401,

    /// <summary>The message is larger than the broker reads.</summary>
    MessageTooLarge = 402,

    /// <summary>The broker has more work than it can queue.</summary>
    Overloaded = 403,

    /// <summary>The task has as many live children as it may have.</summary>
    TooManyChildren = 404,

    /// <summary>The task waits for as many approvals as a task may.</summary>
    TooManyApprovals = 406,

    /// <summary>The approver has decided as many approvals in an hour as the catalog lets one.</summary>
    TooManyVotes = 407,

    /// <summary>The caller holds as many open streams as it may, or the replica does.</summary>
    TooManyStreams = 408,

    // 500-599: what was expected is no longer so. ALREADY_EXISTS, FAILED_PRECONDITION.

    /// <summary>The request id was used before, for other content.</summary>
    RequestIdReused = 500,

    /// <summary>The catalog in force is another than the one that the administrator expected.</summary>
    CatalogMoved = 501,

    // 600-699: state of the broker. UNAVAILABLE.

    /// <summary>The database does not answer.</summary>
    DatabaseAway = 600,

    /// <summary>This replica is shutting down; another will answer.</summary>
    ShuttingDown = 601,

    // 900: a bug, or a broken dependency. INTERNAL, with a correlation id and no text.

    /// <summary>The broker failed; the log has it under the correlation id.</summary>
    Internal = 900,
}
