namespace CredBroker.Core.Capabilities;

/// <summary>How near a list of capabilities comes to one that is asked for. Ordered: larger is nearer.</summary>
public enum Coverage
{
    /// <summary>No member has the tool and the action.</summary>
    OtherAction = 0,

    /// <summary>A member has the action, none on the resource.</summary>
    OtherResource = 1,

    /// <summary>A member has the action on the resource, none with the parameters.</summary>
    OtherParameters = 2,

    /// <summary>One member contains it.</summary>
    Covered = 3,
}
