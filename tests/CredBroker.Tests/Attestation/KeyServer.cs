using System.Net;
using System.Text;
using CredBroker.Tests.Identity;

namespace CredBroker.Tests.Attestation;

/// <summary>An issuer's web server as the fetcher sees it: answers what a test sets, and counts.</summary>
public sealed class KeyServer : HttpMessageHandler
{
    private int asked;

    public int Asked => asked;

    /// <summary>Null: answers 503.</summary>
    public string? Document { get; set; } = ForgeJwt.Jwks;

    /// <summary>Every answer waits for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public static string SetOf(params string[] keyIds) =>
        ForgeKeys.Set([.. keyIds.Select(id => ForgeKeys.Jwk(ForgeKeys.P256, $"\"kid\":\"{id}\""))]);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref asked);
        await Gate.WaitAsync(cancellationToken);
        return Document is null
            ? new(HttpStatusCode.ServiceUnavailable)
            : new(HttpStatusCode.OK) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Document)) };
    }
}
