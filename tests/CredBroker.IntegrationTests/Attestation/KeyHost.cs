using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CredBroker.IntegrationTests.Attestation;

/// <summary>An issuer's web server, a real one: answers what a test sets, and counts how often it was asked.</summary>
internal sealed class KeyHost : IAsyncDisposable
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly WebApplication app;
    private int asked;

    private KeyHost(X509Certificate2? certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener =>
        {
            if (certificate is not null)
                listener.UseHttps(certificate);
        }));
        app = builder.Build();
        app.MapGet("/keys", context =>
        {
            Interlocked.Increment(ref asked);
            return Answer(context);
        });
    }

    public int Asked => Volatile.Read(ref asked);

    /// <summary>How it answers.</summary>
    public RequestDelegate Answer { get; set; } = context => Task.CompletedTask;

    /// <summary>What the catalog calls it.</summary>
    public string Address => $"{app.Urls.Single()}/keys";

    public static async Task<KeyHost> StartAsync(string document, X509Certificate2? certificate = null)
    {
        var host = new KeyHost(certificate);
        host.Serve(document);
        await host.app.StartAsync(Ct);
        return host;
    }

    /// <summary>Answers with this document from now on.</summary>
    public void Serve(string document) => Answer = context => context.Response.WriteAsync(document, Ct);

    /// <summary>Answers nothing but a status from now on.</summary>
    public void Refuse(HttpStatusCode status) => Answer = context =>
    {
        context.Response.StatusCode = (int)status;
        return Task.CompletedTask;
    };

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
