namespace CredBroker.Core.Identity;

/// <summary>What an administrator may do, as the catalog says it. A set.</summary>
[Flags]
public enum AdminRoles
{
    /// <summary>No administrator.</summary>
    None = 0,

    /// <summary>Reads: tasks, standing access, the catalog.</summary>
    Viewer = 1,

    /// <summary>Stops: revokes tasks, tokens, workloads, tools; makes join tokens.</summary>
    Operator = 2,

    /// <summary>Decides approvals.</summary>
    Approver = 4,

    /// <summary>Applies catalogs.</summary>
    PolicyAdmin = 8,

    /// <summary>Every role: the uid that runs the broker, and root, on the broker's own Unix socket.</summary>
    All = Viewer | Operator | Approver | PolicyAdmin,
}
