using CredBroker.Server.Hosting.Services;
using CredBroker.Server.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CredBroker.Server.Hosting;

/// <summary>Everything that this process answers: the gRPC services, and two documents over plain HTTP.</summary>
internal static class Endpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGrpcService<AttestationService>();
        app.MapGrpcService<TasksService>();
        app.MapGrpcService<TokensService>();
        app.MapGrpcService<ApprovalsService>();
        app.MapGrpcService<AdminService>();
        app.MapGrpcService<Grpc.HealthCheck.HealthServiceImpl>();
        app.MapGrpcReflectionService();

        // Public by nature: the keys that verify our tokens (RFC 7517), for backends that check offline.
        app.MapGet("/.well-known/jwks.json", (PublicKeys keys, HttpContext http) =>
        {
            http.Response.Headers.CacheControl = "public, max-age=60";
            return Results.Bytes(keys.Document, "application/jwk-set+json");
        });

        app.MapGet("/healthz", (Readiness readiness) =>
            readiness.IsReady ? Results.Text("serving\n") : Results.Text("not serving\n", statusCode: StatusCodes.Status503ServiceUnavailable));
    }
}
