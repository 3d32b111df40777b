using CredBroker.Client;
using Grpc.Core;
using Grpc.Net.Client;

namespace CredBroker.Load;

/// <summary>A few connections that the callers share, straight to the generated clients: nothing between them and the wire.</summary>
internal sealed class Channels : IDisposable
{
    private const int Connections = 4;
    private readonly GrpcChannel[] _channels;

    public Channels(string address) => _channels = [.. Enumerable.Range(0, Connections).Select(_ => Open(Parse(address)))];

    /// <summary>One client for each connection; caller n takes number n modulo their count.</summary>
    public T[] Clients<T>(Func<CallInvoker, T> of) => [.. _channels.Select(channel => of(channel.CreateCallInvoker()))];

    public static BrokerAddress Parse(string address) =>
        BrokerAddress.TryParse(address, out var parsed, out var problem) ? parsed : throw new ArgumentException($"the address {address} {problem}");

    public void Dispose()
    {
        foreach (var channel in _channels) channel.Dispose();
    }

    private static GrpcChannel Open(BrokerAddress address) => GrpcChannel.ForAddress(address.Origin, new GrpcChannelOptions
    {
        HttpHandler = address.SocketPath is { } path ? UnixSocketHttpHandler.Create(path) : null, DisposeHttpClient = true,
    });
}
