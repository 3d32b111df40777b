namespace CredBroker.Core.Capabilities;

/// <summary>What an action can do to the world. Larger is riskier.</summary>
public enum RiskClass
{
    /// <summary>Changes nothing.</summary>
    Read = 1,

    /// <summary>Changes something that can be changed back.</summary>
    Write = 2,

    /// <summary>Changes what cannot be undone, or who may do what. Single-use; needs a policy that speaks for it.</summary>
    Privileged = 3,
}
