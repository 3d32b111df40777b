namespace Grpc.AspNetCore.Server;

/// <summary>Why the layer itself ends a call, before or beside its handler.</summary>
public enum CallRefusal
{
    /// <summary>A message, or the body of a request, is larger than what is accepted.</summary>
    MessageTooLarge = 1,

    /// <summary>The server stops, and a stream would not end by itself.</summary>
    ServerStopping,
}
