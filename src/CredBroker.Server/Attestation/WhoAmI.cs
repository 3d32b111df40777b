using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.V1;

using Task = System.Threading.Tasks.Task;

namespace CredBroker.Server.Attestation;

/// <summary>WhoAmI: what the broker believes of the caller.</summary>
internal sealed class WhoAmI
{
    private readonly (AdminRoles Role, string Name)[] roles =
    [
        (AdminRoles.Viewer, "viewer"), (AdminRoles.Operator, "operator"), (AdminRoles.Approver, "approver"), (AdminRoles.PolicyAdmin, "policy_admin"),
    ];

    public Task<Reply<WhoAmIResponse>> HandleAsync(WhoAmIRequest request, Caller caller, CancellationToken ct)
    {
        var response = new WhoAmIResponse
        {
            SpiffeId = caller.Workload?.ToString() ?? "",
            Workload = caller.WorkloadName ?? "",
            AuthenticatedBy = caller.Proof switch
            {
                CallerProof.UnixPeer => "unix",
                CallerProof.Mtls => "mtls",
                CallerProof.Dpop => "dpop",
                _ => "",
            },
            Binding = caller.Binding?.ToColumn() ?? "",
            Admin = caller.Admin ?? "",
        };
        response.Serves.AddRange(caller.Serves.Order(StringComparer.Ordinal));
        response.Roles.AddRange(roles.Where(role => caller.Roles.HasFlag(role.Role)).Select(role => role.Name));
        return Task.FromResult(Reply.Of(response));
    }
}
