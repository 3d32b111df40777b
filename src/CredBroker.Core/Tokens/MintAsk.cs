using CredBroker.Core.Approvals;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Tokens;

/// <summary>What a workload asks for when it wants a token, before anything is checked but the form of the capability.</summary>
public sealed record MintAsk
{
    /// <summary>The request: asked again with the same content it gets the same token again.</summary>
    public required RequestId Request { get; init; }

    /// <summary>The id that the decision is recorded under.</summary>
    public required DecisionId Decision { get; init; }

    /// <summary>The task to mint under.</summary>
    public required TaskId Task { get; init; }

    /// <summary>Who asks.</summary>
    public required SpiffeId Workload { get; init; }

    /// <summary>How it proved itself.</summary>
    public required EvidenceKind AttestedBy { get; init; }

    /// <summary>What the token is to be good for.</summary>
    public required Capability Capability { get; init; }

    /// <summary>What the token is to be bound to.</summary>
    public required Binding Binding { get; init; }

    /// <summary>How long it is to live: whole seconds, at least 1; null: as long as it may.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>The approval to mint with; null: none.</summary>
    public ApprovalId? Approval { get; init; }

    /// <summary>The part of the prompt that led here: at most 4,096 bytes of UTF-8; null: none.</summary>
    public string? PromptFragment { get; init; }

    /// <summary>The id that the token has, whenever it is minted.</summary>
    public Jti Jti => Jti.Derive(Task, Request);

    /// <summary>
    /// SHA-256 over all that the caller chose, 32 bytes: tells a retry from another request under the same id. A key is part of it,
    /// for the first answer would be of no use to another key.
    /// </summary>
    public byte[] Digest() => CanonicalJson.Digest(this, static (json, ask) =>
    {
        json.WriteStartObject();
        json.WriteString("task"u8, ask.Task.Value);
        json.WritePropertyName("capability"u8);
        CapabilityJson.Write(json, ask.Capability);
        json.WriteString("binding"u8, ask.Binding.ToColumn());
        if (ask.TimeToLive is { } life) json.WriteNumber("time_to_live"u8, life.Ticks);
        if (ask.Approval is { } approval) json.WriteString("approval"u8, approval.Value);
        if (ask.PromptFragment is { } fragment) json.WriteString("prompt_fragment"u8, fragment);
        json.WriteEndObject();
    });
}
