using System.Collections.Frozen;
using CredBroker.Core.Identity;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace CredBroker.Server.Hosting;

/// <summary>
/// The origins that a proof may name: those that are configured, the loopback addresses that this process listens on, and
/// <c>http://localhost</c>, which is what gRPC clients call a Unix socket.
/// </summary>
internal sealed class PublicOrigins(BrokerOptions options, IServer server)
{
    private FrozenSet<PublicOrigin>? _all;

    /// <summary>All of them; complete from the moment that the process listens, and before that no call arrives.</summary>
    public IReadOnlySet<PublicOrigin> All => _all ??= Collect();

    private FrozenSet<PublicOrigin> Collect()
    {
        var texts = new List<string>(options.PublicOrigins) { "http://localhost" };
        foreach (var address in server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
            if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.IsLoopback && uri.Scheme is "http" or "https")
                texts.AddRange([$"{uri.Scheme}://{uri.Authority}", $"{uri.Scheme}://localhost:{uri.Port}"]);

        return texts.Select(text => PublicOrigin.TryParse(text, out var origin)
            ? origin
            : throw new StartException($"{text} is not an origin", "write https://host or https://host:port")).ToFrozenSet();
    }
}
