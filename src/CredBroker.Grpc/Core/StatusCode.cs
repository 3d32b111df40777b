namespace Grpc.Core;

/// <summary>The outcome of a call. Source: grpc/doc/statuscodes.md.</summary>
public enum StatusCode
{
    /// <summary>Success.</summary>
    OK = 0,

    /// <summary>The caller gave up.</summary>
    Cancelled = 1,

    /// <summary>An error whose cause is not told.</summary>
    Unknown = 2,

    /// <summary>The argument is wrong whatever the state of the system is.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed before the call ended.</summary>
    DeadlineExceeded = 4,

    /// <summary>The entity does not exist.</summary>
    NotFound = 5,

    /// <summary>The entity exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A quota, a rate or a size is used up.</summary>
    ResourceExhausted = 8,

    /// <summary>The state of the system does not allow it.</summary>
    FailedPrecondition = 9,

    /// <summary>Lost a race; try the whole sequence again.</summary>
    Aborted = 10,

    /// <summary>Past the valid range.</summary>
    OutOfRange = 11,

    /// <summary>The method does not exist here.</summary>
    Unimplemented = 12,

    /// <summary>An invariant is broken.</summary>
    Internal = 13,

    /// <summary>Not reachable now; try again later.</summary>
    Unavailable = 14,

    /// <summary>Data are lost or damaged.</summary>
    DataLoss = 15,

    /// <summary>The caller is not known.</summary>
    Unauthenticated = 16,
}
