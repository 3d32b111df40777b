namespace CredBroker.Core.Approvals;

/// <summary>How far an approval has come. Stored as a number: numbers are never reused or renumbered.</summary>
public enum ApprovalState
{
    /// <summary>Not a state.</summary>
    Unspecified = 0,

    /// <summary>Nobody has said no, and too few have said yes.</summary>
    Pending = 1,

    /// <summary>Enough have said yes, and it may be used once, until it expires.</summary>
    Approved = 2,

    /// <summary>Somebody said no. One is enough.</summary>
    Denied = 3,

    /// <summary>It was not decided, or not used, in time.</summary>
    Expired = 4,

    /// <summary>A token was minted with it.</summary>
    Used = 5,

    /// <summary>Its task ended, or it was asked for anew under other rules.</summary>
    Cancelled = 6,
}
