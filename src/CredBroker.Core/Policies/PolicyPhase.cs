using System.Diagnostics;

namespace CredBroker.Core.Policies;

/// <summary>At which moment of a capability's life policies are asked.</summary>
public enum PolicyPhase
{
    /// <summary>A token is asked for.</summary>
    Mint = 1,

    /// <summary>A token is used: the call as it is made.</summary>
    Authorize = 2,

    /// <summary>A capability is handed down to a child task.</summary>
    Delegate = 3,
}

/// <summary>The words of policies for the phases.</summary>
internal static class PolicyPhases
{
    internal static string Word(this PolicyPhase phase) => phase switch
    {
        PolicyPhase.Mint => "mint",
        PolicyPhase.Authorize => "authorize",
        PolicyPhase.Delegate => "delegate",
        _ => throw new UnreachableException(),
    };
}
