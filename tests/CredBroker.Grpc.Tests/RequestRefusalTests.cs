using System.Net;
using Grpc.Core;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;

namespace Grpc.Tests;

public sealed class RequestRefusalTests : IAsyncLifetime
{
    private static readonly byte[] Hello = RawCall.Frame(new EchoRequest { Text = "hello" });

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/grpc-web")]
    [InlineData("application/grpcx")]
    [InlineData("application/grpc+json")]
    [InlineData("")]
    public async Task Another_content_type_is_answered_415(string contentType)
    {
        var answer = await RawCall.SayAsync(_server, Hello, ("content-type", contentType));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.HttpStatus);
    }

    [Theory]
    [InlineData("application/grpc")]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc; charset=utf-8")]
    [InlineData("Application/GRPC")]
    public async Task The_content_types_of_protocol_buffers_are_taken(string contentType)
    {
        var answer = await RawCall.SayAsync(_server, Hello, ("content-type", contentType));
        Assert.Equal((HttpStatusCode.OK, StatusCode.OK), (answer.HttpStatus, answer.Status));
    }

    [Fact]
    public async Task Http1_is_answered_426_with_the_protocol_to_use()
    {
        var answer = await RawCall.PostAsync(_server.Http1, "/echo.Echo/Say", Hello, (":version", "1.1"));
        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.HttpStatus);
        Assert.Equal("h2c", answer.Headers["upgrade"]);
    }

    [Theory]
    [InlineData("/echo.Echo/Missing")]
    [InlineData("/missing.Service/Say")]
    [InlineData("/echo.Echo/say")]
    [InlineData("/echo.Echo/Say/")]
    public async Task Unknown_methods_and_services_are_unimplemented(string path)
    {
        var answer = await RawCall.PostAsync(_server.Http2, path, Hello);
        Assert.Equal((HttpStatusCode.OK, StatusCode.Unimplemented, true), (answer.HttpStatus, answer.Status, answer.IsTrailersOnly));
    }

    [Fact]
    public async Task An_unknown_path_without_the_grpc_content_type_is_not_ours()
    {
        var answer = await RawCall.PostAsync(_server.Http2, "/missing.Service/Say", Hello, ("content-type", "application/json"));
        Assert.Equal(HttpStatusCode.NotFound, answer.HttpStatus);
    }

    [Theory]
    [InlineData("/echo.Echo/Say", HttpStatusCode.MethodNotAllowed)]
    [InlineData("/missing.Service/Say", HttpStatusCode.NotFound)]
    public async Task Get_is_not_a_call(string path, HttpStatusCode expected)
    {
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await client.GetAsync(new Uri(_server.Http2, path));
        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("S")]
    [InlineData("123456789S")]
    [InlineData("-1S")]
    [InlineData("+1S")]
    [InlineData("1s")]
    [InlineData("1.5S")]
    [InlineData("1 S")]
    public async Task A_malformed_timeout_is_refused(string timeout)
    {
        var answer = await RawCall.SayAsync(_server, Hello, ("grpc-timeout", timeout));
        Assert.Equal(StatusCode.Internal, answer.Status);
    }

    [Fact]
    public async Task A_method_that_the_service_does_not_override_is_unimplemented()
    {
        await using var server = await TestServer.StartAsync(map: app => Microsoft.AspNetCore.Builder.GrpcEndpointRouteBuilderExtensions
            .MapGrpcService<HalfEcho>(app));
        var answer = await RawCall.PostAsync(server.Http2, "/echo.Half/Say", Hello);
        Assert.Equal(StatusCode.Unimplemented, answer.Status);
    }

    public sealed class HalfEcho : Echo.Half.HalfBase;
}
