using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Grpc.Net.Client;
using Grpc.Tests.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Grpc.Tests;

public sealed class HealthTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private GrpcChannel _channel = null!;
    private Health.V1.Health.HealthClient _client = null!;
    private HealthServiceImpl _health = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(
            services: services => services.AddSingleton<HealthServiceImpl>(), map: app => app.MapGrpcService<HealthServiceImpl>());
        _health = _server.Services.GetRequiredService<HealthServiceImpl>();
        _channel = _server.Channel();
        _client = new Health.V1.Health.HealthClient(_channel);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Check_tells_what_was_set_last()
    {
        _health.SetStatus("", ServingStatus.Serving);
        _health.SetStatus("broker", ServingStatus.Serving);
        _health.SetStatus("broker", ServingStatus.NotServing);
        Assert.Equal(ServingStatus.Serving, (await _client.CheckAsync(new HealthCheckRequest())).Status);
        Assert.Equal(ServingStatus.NotServing, (await _client.CheckAsync(new HealthCheckRequest { Service = "broker" })).Status);
    }

    [Fact]
    public async Task Check_of_an_unknown_service_is_not_found()
    {
        _health.SetStatus("known", ServingStatus.Serving);
        _health.ClearStatus("known");
        foreach (var service in new[] { "", "known", "other" })
        {
            var failure = await Served.FailureOfAsync(() => _client.CheckAsync(new HealthCheckRequest { Service = service }).ResponseAsync);
            Assert.Equal(StatusCode.NotFound, failure.StatusCode);
        }
    }

    [Fact]
    public async Task Watch_starts_with_the_status_now_and_tells_every_change_once()
    {
        using var call = _client.Watch(new HealthCheckRequest { Service = "broker" });
        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(call));
        _health.SetStatus("broker", ServingStatus.Serving);
        Assert.Equal(ServingStatus.Serving, await NextAsync(call));
        _health.SetStatus("broker", ServingStatus.Serving);
        _health.SetStatus("other", ServingStatus.NotServing);
        _health.SetStatus("broker", ServingStatus.NotServing);
        Assert.Equal(ServingStatus.NotServing, await NextAsync(call));
        _health.ClearAll();
        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(call));
    }

    [Fact]
    public async Task Watch_ends_unavailable_when_the_server_stops()
    {
        using var call = _client.Watch(new HealthCheckRequest());
        await NextAsync(call);
        var stopping = _server.StopAsync();
        Assert.Equal(StatusCode.Unavailable, (await Served.FailureOfAsync(() => call.ResponseStream.MoveNext())).StatusCode);
        await stopping;
    }

    private static async Task<ServingStatus> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> call)
    {
        Assert.True(await call.ResponseStream.MoveNext());
        return call.ResponseStream.Current.Status;
    }
}
