using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace CredBroker.Server.Attestation;

/// <summary>Looks at each process that connects to a Unix socket, once, before the first byte of HTTP.</summary>
internal static class UnixPeers
{
    private static readonly object Key = new();

    /// <summary>Holds the peer of every connection of this listener for as long as the connection lives.</summary>
    public static void UseUnixPeers(this ListenOptions listener) =>
        listener.Use(next => connection => HoldAsync(connection, next));

    /// <summary>The peer of a request's connection.</summary>
    /// <param name="context">Of the request.</param>
    /// <param name="fault">Why there is none; null when the connection is not over such a listener.</param>
    public static UnixPeer? Of(HttpContext context, out UnixPeerFault? fault)
    {
        object? held = null;
        _ = context.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(Key, out held);
        fault = held as UnixPeerFault?;
        return held as UnixPeer;
    }

    // A peer that cannot be vouched for may still present other evidence: it is nobody, not an enemy.
    private static async Task HoldAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var socket = connection.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
        using var peer = UnixPeer.Read(socket, out var fault);
        connection.Items[Key] = peer is null ? fault : peer;
        await next(connection);
    }
}
