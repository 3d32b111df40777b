using System.Net;

namespace CredBroker.Server.Attestation;

/// <summary>Fetches a trust domain's key document. Bounded in time and size; follows no redirect, so that the catalog's address is the one asked.</summary>
internal sealed class JwksFetcher : IDisposable
{
    /// <summary>The largest document, bytes: hundreds of keys.</summary>
    public const int LargestDocument = 256 * 1024;

    /// <summary>The longest a fetch may take. Callers wait for it, and their own bound is 10 s.</summary>
    public static readonly TimeSpan LongestFetch = TimeSpan.FromSeconds(5);

    private readonly HttpClient http;
    private readonly TimeProvider clock;

    /// <summary>Over the network.</summary>
    public JwksFetcher(TimeProvider clock)
        : this(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // so that a change of the name's address is seen
            UseCookies = false,
        }, clock)
    {
    }

    /// <summary>Over a handler, which this owns.</summary>
    public JwksFetcher(HttpMessageHandler handler, TimeProvider clock)
    {
        this.clock = clock;
        http = new(handler) { MaxResponseContentBufferSize = LargestDocument, Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The document, or in words why there is none.</summary>
    /// <param name="address">https, or http to a loopback address.</param>
    public async Task<(byte[]? Document, string? Failure)> FetchAsync(Uri address)
    {
        if (!MayAsk(address))
            return (null, "only https addresses are asked, or http on loopback");

        using var bound = new CancellationTokenSource(LongestFetch, clock);
        try
        {
            using var response = await http.GetAsync(address, bound.Token);
            return response.StatusCode == HttpStatusCode.OK
                ? (await response.Content.ReadAsByteArrayAsync(bound.Token), null)
                : (null, $"answered {(int)response.StatusCode}");
        }
        catch (OperationCanceledException)
        {
            return (null, $"no answer within {LongestFetch.TotalSeconds} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (null, e.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private static bool MayAsk(Uri address) =>
        address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));
}
