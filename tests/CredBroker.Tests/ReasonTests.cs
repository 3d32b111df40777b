using CredBroker.Core;

namespace CredBroker.Tests;

public sealed class ReasonTests
{
    [Fact]
    public void Numbers_are_the_contract_and_never_change()
    {
        // Append only. A number that changes here changes the meaning of every stored record and every client.
        (int Number, string Name)[] written =
        [
            (0, "Unspecified"), (1, "FieldMissing"), (2, "FieldMalformed"), (3, "FieldOutOfRange"), (4, "FieldTooLong"),
            (5, "TooManyElements"), (6, "DuplicateElement"),
            (100, "UnknownTool"), (101, "UnknownAction"), (102, "UnknownParameter"), (103, "ParameterMistyped"), (104, "ActionNotAllowed"),
            (105, "ResourceNotAllowed"), (106, "ParameterNotAllowed"), (107, "ActionOutsideEnvelope"), (108, "ResourceOutsideEnvelope"),
            (109, "ParameterOutsideEnvelope"), (111, "BearerNotAllowed"), (112, "UnknownWorkload"),
            (113, "UnknownTask"), (114, "NotYourTask"), (115, "TaskOver"), (116, "TaskWaiting"), (117, "BudgetSpent"),
            (118, "TaskLifetimeOverCeiling"), (119, "TaskBudgetOverCeiling"), (120, "UnknownToken"), (121, "NotYourToken"),
            (122, "CallerMayNotCall"), (123, "RoleMissing"), (125, "PolicyDenied"), (126, "ApprovalRequired"), (127, "UnknownDelegate"),
            (128, "DepthOverCeiling"), (129, "NotAllowedAbove"), (130, "BudgetOverParents"), (132, "CallOutsideGrant"), (133, "UsesSpent"),
            (134, "ProofMissing"), (135, "PresentedProofRefused"), (136, "PresentedProofReplayed"), (137, "TokenOver"),
            (138, "AudienceNotServed"), (140, "PolicyFailed"),
            (141, "UnknownApproval"), (142, "NotYourApproval"), (143, "ApprovalForOther"), (144, "ApprovalNotGiven"), (145, "ApprovalOver"),
            (146, "NotAnApprover"), (147, "SelfApproval"), (148, "AlreadyVoted"), (149, "ApprovalNotEnough"),
            (200, "UnknownTrustDomain"), (201, "WrongIssuer"), (202, "WrongAudience"), (203, "EvidenceExpired"),
            (204, "EvidenceNotYetValid"), (205, "BadSignature"), (206, "EvidenceMalformed"), (207, "NoWorkloadMatches"),
            (208, "SeveralWorkloadsMatch"), (209, "JoinTokenUnknownOrUsed"), (210, "PeerGone"), (211, "NoPeerPidfd"),
            (212, "NoPeerEvidence"), (213, "UnknownKey"), (214, "AlgorithmNotAllowed"), (215, "TrustBundleAway"),
            (216, "EvidenceKindNotAllowed"),
            (300, "NoCredential"), (301, "IdentityTokenRefused"), (302, "ProofRefused"), (303, "ProofReplayed"), (304, "UseDpopNonce"),
            (400, "RateLimited"), (401, "TooManyTasks"), (402, "MessageTooLarge"), (403, "Overloaded"),
            (404, "TooManyChildren"),
            (406, "TooManyApprovals"), (407, "TooManyVotes"), (408, "TooManyStreams"),
            (500, "RequestIdReused"), (501, "CatalogMoved"), (600, "DatabaseAway"), (601, "ShuttingDown"), (900, "Internal"),
        ];
        foreach (var (number, name) in written) Assert.Equal(name, ((Reason)number).ToString());
    }

    [Fact]
    public void Every_number_is_used_once() =>
        Assert.Equal(Enum.GetNames<Reason>().Length, Enum.GetValues<Reason>().Distinct().Count());

    [Fact]
    public void A_refusal_of_a_part_names_the_path_of_its_field()
    {
        Assert.Equal("envelope[3].resource", new Refusal(Reason.FieldMalformed, "resource").Within("envelope[3]").Field);
        Assert.Equal("capability", new Refusal(Reason.FieldMissing).Within("capability").Field);
        Assert.Equal(Reason.FieldMissing, new Refusal(Reason.FieldMissing).Within("capability").Reason);
    }
}
