using System.Diagnostics;

namespace CredBroker.Core.Policies.Testing;

/// <summary>How a request is answered.</summary>
public enum PolicyTestOutcome
{
    /// <summary>Yes.</summary>
    Allow = 1,

    /// <summary>No.</summary>
    Deny = 2,

    /// <summary>Not until an approver says yes. Of what is handed down: it may be, and some of it will need that yes when it is minted.</summary>
    ApprovalRequired = 3,
}

/// <summary>The words of test files for outcomes.</summary>
public static class PolicyTestOutcomes
{
    /// <summary>Its words.</summary>
    public static string Word(this PolicyTestOutcome outcome) => outcome switch
    {
        PolicyTestOutcome.Allow => "allow",
        PolicyTestOutcome.Deny => "deny",
        PolicyTestOutcome.ApprovalRequired => "approval required",
        _ => throw new UnreachableException(),
    };
}
