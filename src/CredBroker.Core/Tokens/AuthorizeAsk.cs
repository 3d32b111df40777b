using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Tokens;

/// <summary>What a backend asks before it does what it was called for.</summary>
public sealed record AuthorizeAsk
{
    /// <summary>The request: asked again with the same content it takes no second use.</summary>
    public required RequestId Request { get; init; }

    /// <summary>The id that the decision is recorded under.</summary>
    public required DecisionId Decision { get; init; }

    /// <summary>Who asks.</summary>
    public required SpiffeId Backend { get; init; }

    /// <summary>The audiences that the backend serves.</summary>
    public required IReadOnlyCollection<string> Serves { get; init; }

    /// <summary>The call, as the backend understood it.</summary>
    public required ToolCall Call { get; init; }

    /// <summary>
    /// SHA-256 over what must be the same when it is asked again, 32 bytes: the call. Not the proof, which is made anew each time, nor
    /// the token's text, which a repeated mint signs anew.
    /// </summary>
    public byte[] Digest() => CapabilityJson.Digest(Call.Capability);
}
