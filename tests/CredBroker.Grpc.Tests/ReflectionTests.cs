using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Reflection.V1;
using Grpc.Tests.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.Tests;

public sealed class ReflectionTests : IAsyncLifetime
{
    private static readonly string[] AllServices =
        ["echo.Echo", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"];

    private TestServer _server = null!;
    private GrpcChannel _channel = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(
            services: services => services.AddGrpcReflection(), map: app => app.MapGrpcReflectionService());
        _channel = _server.Channel();
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Both_versions_list_all_services()
    {
        Assert.Equal(AllServices, (await AskAsync(new ServerReflectionRequest { ListServices = "*" })).ListServicesResponse.Service.Select(s => s.Name));

        using var call = new Reflection.V1Alpha.ServerReflection.ServerReflectionClient(_channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new Reflection.V1Alpha.ServerReflectionRequest { ListServices = "" });
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal(AllServices, call.ResponseStream.Current.ListServicesResponse.Service.Select(s => s.Name));
    }

    [Theory]
    [InlineData("echo.Echo")]
    [InlineData("echo.Echo.Say")]
    [InlineData("echo.EchoRequest")]
    public async Task A_symbol_leads_to_the_file_that_declares_it(string symbol)
    {
        var answer = await AskAsync(new ServerReflectionRequest { Host = "h", FileContainingSymbol = symbol });
        Assert.Equal(("h", symbol), (answer.ValidHost, answer.OriginalRequest.FileContainingSymbol));
        var file = FileDescriptorProto.Parser.ParseFrom(Assert.Single(answer.FileDescriptorResponse.FileDescriptorProto));
        Assert.Equal("echo.proto", file.Name);
    }

    [Fact]
    public async Task The_files_suffice_to_build_the_service()
    {
        var answer = await AskAsync(new ServerReflectionRequest { FileByFilename = "grpc/reflection/v1/reflection.proto" });
        var files = FileDescriptor.BuildFromByteStrings(answer.FileDescriptorResponse.FileDescriptorProto);
        Assert.Equal("grpc.reflection.v1.ServerReflection", files[0].Services[0].FullName);
    }

    [Fact]
    public async Task What_is_not_there_is_an_answer_and_the_call_goes_on()
    {
        using var call = new ServerReflection.ServerReflectionClient(_channel).ServerReflectionInfo();
        foreach (var (question, expected) in new[]
        {
            (new ServerReflectionRequest { FileByFilename = "none.proto" }, StatusCode.NotFound),
            (new ServerReflectionRequest { FileContainingSymbol = "echo" }, StatusCode.NotFound),
            (new ServerReflectionRequest { FileContainingExtension = new() { ContainingType = "echo.EchoRequest", ExtensionNumber = 1 } }, StatusCode.NotFound),
            (new ServerReflectionRequest { AllExtensionNumbersOfType = "none" }, StatusCode.NotFound),
            (new ServerReflectionRequest(), StatusCode.InvalidArgument),
        })
        {
            await call.RequestStream.WriteAsync(question);
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(expected, (StatusCode)call.ResponseStream.Current.ErrorResponse.ErrorCode);
        }

        await call.RequestStream.WriteAsync(new ServerReflectionRequest { AllExtensionNumbersOfType = "echo.EchoRequest" });
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Empty(call.ResponseStream.Current.AllExtensionNumbersResponse.ExtensionNumber);
    }

    private async Task<ServerReflectionResponse> AskAsync(ServerReflectionRequest request)
    {
        using var call = new ServerReflection.ServerReflectionClient(_channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(request);
        await call.RequestStream.CompleteAsync();
        Assert.True(await call.ResponseStream.MoveNext());
        var answer = call.ResponseStream.Current;
        Assert.False(await call.ResponseStream.MoveNext());
        return answer;
    }
}
