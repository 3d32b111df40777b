namespace Grpc.Core;

/// <summary>How a channel protects its connection, and what goes with each of its calls.</summary>
public sealed class ChannelCredentials
{
    private ChannelCredentials(bool isSecure, CallCredentials? callCredentials)
    {
        IsSecure = isSecure;
        CallCredentials = callCredentials;
    }

    /// <summary>No protection: http addresses.</summary>
    public static ChannelCredentials Insecure { get; } = new(false, null);

    /// <summary>TLS with the settings of the channel's HTTP handler: https addresses.</summary>
    public static ChannelCredentials SecureSsl { get; } = new(true, null);

    internal bool IsSecure { get; }

    internal CallCredentials? CallCredentials { get; }

    /// <summary>A protected channel whose calls all carry the given credentials.</summary>
    public static ChannelCredentials Create(ChannelCredentials channelCredentials, CallCredentials callCredentials)
    {
        ArgumentNullException.ThrowIfNull(channelCredentials);
        ArgumentNullException.ThrowIfNull(callCredentials);
        return new ChannelCredentials(channelCredentials.IsSecure, callCredentials);
    }
}
