using Grpc.Core;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Deadline and cancellation of a call, for the calls that its handler makes.</summary>
internal sealed class ServerPropagationToken(ServerCallContext parent, ContextPropagationOptions options) : ContextPropagationToken
{
    internal override DateTime ParentDeadline => parent.Deadline;

    internal override CancellationToken ParentCancellationToken => parent.CancellationToken;

    internal override ContextPropagationOptions Options => options;
}
