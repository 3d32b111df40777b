using System.Collections.Frozen;

namespace CredBroker.Server.Hosting;

/// <summary>Who may call an RPC. A caller needs one of them; a denial does not say which.</summary>
[Flags]
internal enum Callers
{
    Nobody = 0,
    Anyone = 1,
    Workload = 2,
    Backend = 4,
    Viewer = 8,
    Operator = 16,
    PolicyAdmin = 32,
    Approver = 64,
}

/// <summary>What cuts across one RPC. The limits are those of API.md's tables; null timeouts are for streams that stay open.</summary>
/// <param name="Method">Full name as on the wire: <c>/package.Service/Method</c>.</param>
/// <param name="MayCall">Who may call.</param>
/// <param name="NeedsDatabase">True: answered UNAVAILABLE at once while the database is away, or this replica is on its way out.</param>
/// <param name="Bounded">True: must answer within <see cref="BrokerOptions.CallTimeout"/>.</param>
/// <param name="Brief">True: one short wait for the database, not given up when the caller leaves; such calls share their bound.</param>
internal sealed record RpcRow(string Method, Callers MayCall, bool NeedsDatabase = true, bool Bounded = true, bool Brief = false);

/// <summary>One row per RPC: an RPC without a row cannot be called, and fails a convention test.</summary>
internal static class RpcTable
{
    private const Callers AnyProven = Callers.Workload | Callers.Viewer | Callers.Operator | Callers.PolicyAdmin | Callers.Approver;

    /// <summary>Every RPC that this process answers.</summary>
    public static IReadOnlyList<RpcRow> Rows { get; } =
    [
        new("/credbroker.v1.Attestation/Attest", Callers.Anyone),
        new("/credbroker.v1.Attestation/WhoAmI", AnyProven),

        new("/credbroker.v1.Tasks/StartTask", Callers.Workload),
        new("/credbroker.v1.Tasks/DelegateTask", Callers.Workload),
        new("/credbroker.v1.Tasks/AcceptTask", Callers.Workload),
        new("/credbroker.v1.Tasks/Heartbeat", Callers.Workload),
        new("/credbroker.v1.Tasks/EndTask", Callers.Workload),
        new("/credbroker.v1.Tasks/GetTask", Callers.Workload),
        new("/credbroker.v1.Tasks/RecordResult", Callers.Workload | Callers.Backend),

        new("/credbroker.v1.Tokens/Mint", Callers.Workload, Brief: true),
        new("/credbroker.v1.Tokens/Introspect", Callers.Backend, Brief: true),
        new("/credbroker.v1.Tokens/Authorize", Callers.Backend, Brief: true),
        new("/credbroker.v1.Tokens/Revoke", Callers.Workload | Callers.Operator),

        new("/credbroker.v1.Approvals/AwaitApproval", Callers.Workload, Bounded: false),
        new("/credbroker.v1.Approvals/ListApprovals", Callers.Viewer | Callers.Approver),
        new("/credbroker.v1.Approvals/WatchApprovals", Callers.Viewer | Callers.Approver, Bounded: false),
        new("/credbroker.v1.Approvals/DecideApproval", Callers.Approver),

        new("/credbroker.v1.Admin/ApplyCatalog", Callers.PolicyAdmin),
        new("/credbroker.v1.Admin/GetCatalog", Callers.Viewer),
        new("/credbroker.v1.Admin/ListTasks", Callers.Viewer),
        new("/credbroker.v1.Admin/Revoke", Callers.Operator),
        new("/credbroker.v1.Admin/StandingAccess", Callers.Viewer),
        new("/credbroker.v1.Admin/CreateJoinToken", Callers.Operator),
        new("/credbroker.v1.Admin/Simulate", Callers.PolicyAdmin, Bounded: false),
        new("/credbroker.v1.Admin/StartShadow", Callers.PolicyAdmin),
        new("/credbroker.v1.Admin/StopShadow", Callers.PolicyAdmin),
        new("/credbroker.v1.Admin/ShowShadow", Callers.Viewer),
        new("/credbroker.v1.Admin/Explain", Callers.Viewer),

        new("/grpc.health.v1.Health/Check", Callers.Anyone, NeedsDatabase: false),
        new("/grpc.health.v1.Health/Watch", Callers.Anyone, NeedsDatabase: false, Bounded: false),

        // The contract is public: whoever may connect may read it, with grpcurl and its like.
        new("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", Callers.Anyone, NeedsDatabase: false, Bounded: false),
        new("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", Callers.Anyone, NeedsDatabase: false, Bounded: false),
    ];

    private static readonly FrozenDictionary<string, RpcRow> s_byMethod = Rows.ToFrozenDictionary(row => row.Method, StringComparer.Ordinal);

    /// <summary>The row of a method, or null: then the method does not exist.</summary>
    public static RpcRow? Find(string method) => s_byMethod.GetValueOrDefault(method);
}
