using Google.Protobuf.Reflection;
using Grpc.Net.Client;
using Grpc.Reflection.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Hosting;

/// <summary>Whoever can connect can ask what there is to call: grpcurl needs no proto files.</summary>
public sealed class ReflectionTests(Postgres postgres)
{
    [Fact]
    public async Task The_broker_describes_every_service_of_its_contract()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        using var channel = GrpcChannel.ForAddress(broker.TcpAddress);
        using var call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();

        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "*" });
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal(
            [
                "credbroker.v1.Admin", "credbroker.v1.Approvals", "credbroker.v1.Attestation", "credbroker.v1.Tasks", "credbroker.v1.Tokens", "grpc.health.v1.Health",
                "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
            ],
            call.ResponseStream.Current.ListServicesResponse.Service.Select(service => service.Name).Order(StringComparer.Ordinal));

        await call.RequestStream.WriteAsync(new ServerReflectionRequest { FileContainingSymbol = "credbroker.v1.Tokens.Mint" });
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        var files = FileDescriptor.BuildFromByteStrings(call.ResponseStream.Current.FileDescriptorResponse.FileDescriptorProto.Reverse());
        Assert.Contains(files, file => file.Services.Any(service => service.FullName == "credbroker.v1.Tokens"));
    }
}
