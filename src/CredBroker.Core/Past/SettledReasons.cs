namespace CredBroker.Core.Past;

/// <summary>
/// Which denials no catalog has a say in. What the rules look at before the catalog, or after it and beside it, stands whatever the
/// catalog says: where such a thing was found, the answer stays no.
/// </summary>
internal static class SettledReasons
{
    /// <summary>True for a mint that stays denied.</summary>
    public static bool OfMint(Reason? reason) => reason is
        Reason.UnknownTask or Reason.NotYourTask or Reason.TaskOver or Reason.TaskWaiting or Reason.BudgetSpent
        or Reason.ActionOutsideEnvelope or Reason.ResourceOutsideEnvelope or Reason.ParameterOutsideEnvelope
        or Reason.UnknownApproval or Reason.NotYourApproval or Reason.ApprovalForOther or Reason.ApprovalNotGiven or Reason.ApprovalOver;

    /// <summary>True for a call that stays denied. A token that is only too old for the policies is theirs to judge.</summary>
    public static bool OfUse(Reason? reason, bool byPolicies) => reason is
        Reason.UnknownToken or Reason.TaskOver or Reason.TaskWaiting or Reason.UsesSpent or Reason.CallOutsideGrant
        or Reason.ProofMissing or Reason.PresentedProofRefused or Reason.PresentedProofReplayed
        || (reason == Reason.TokenOver && !byPolicies);

    /// <summary>True for a delegation that stays denied.</summary>
    public static bool OfDelegation(Reason? reason) => reason is
        Reason.UnknownTask or Reason.NotYourTask or Reason.TaskOver or Reason.TaskWaiting or Reason.BudgetOverParents
        or Reason.ActionOutsideEnvelope or Reason.ResourceOutsideEnvelope or Reason.ParameterOutsideEnvelope;
}
