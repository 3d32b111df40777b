using CredBroker.Server.Hosting;
using CredBroker.V1;
using Google.Protobuf.Reflection;

namespace CredBroker.Tests.Conventions;

/// <summary>What is not in the table cannot be called; what is in it exists.</summary>
public sealed class RpcTableTests
{
    private static readonly FileDescriptor[] s_files =
    [
        AttestationReflection.Descriptor, TasksReflection.Descriptor, TokensReflection.Descriptor, ApprovalsReflection.Descriptor, AdminReflection.Descriptor,
    ];

    [Fact]
    public void Every_method_of_the_contract_has_exactly_one_row_and_every_row_of_ours_has_a_method()
    {
        var methods = s_files.SelectMany(file => file.Services).SelectMany(service => service.Methods.Select(method => $"/{service.FullName}/{method.Name}"));
        var rows = RpcTable.Rows.Select(row => row.Method).Where(method => method.StartsWith("/credbroker.", StringComparison.Ordinal));
        Assert.Equal(methods.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_row_says_who_may_call() => Assert.DoesNotContain(RpcTable.Rows, row => row.MayCall == Callers.Nobody);

    [Fact]
    public void Only_attesting_health_and_the_contract_itself_are_open_to_anyone() =>
        Assert.Equal(
            [
                "/credbroker.v1.Attestation/Attest", "/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch",
                "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            ],
            RpcTable.Rows.Where(row => row.MayCall.HasFlag(Callers.Anyone)).Select(row => row.Method).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_mutating_request_carries_a_request_id()
    {
        string[] reads =
        [
            "AttestRequest", "WhoAmIRequest", "GetTaskRequest", "IntrospectRequest", "AwaitApprovalRequest", "ListApprovalsRequest", "WatchApprovalsRequest",
            "GetCatalogRequest", "ListTasksRequest", "StandingAccessRequest",
            "SimulateRequest", "ShowShadowRequest", "ExplainRequest",
        ];
        var requests = s_files.SelectMany(file => file.Services).SelectMany(service => service.Methods).Select(method => method.InputType);
        Assert.Empty(requests.Where(type => !reads.Contains(type.Name) && type.FindFieldByName("request_id") is null).Select(type => type.Name));
    }
}
