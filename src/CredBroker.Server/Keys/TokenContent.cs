using CredBroker.Core.Identity;
using CredBroker.Core.Tokens;

namespace CredBroker.Server.Keys;

/// <summary>What a token of ours says. Times are in whole seconds.</summary>
/// <param name="KeyId">The key that signed it.</param>
/// <param name="Audience">One audience: ours name exactly one.</param>
/// <param name="Subject">The workload; of a token that was minted under a delegated task: the workload of its root.</param>
/// <param name="Id"><c>jti</c>.</param>
/// <param name="IsMinted">True for a token for a tool; false for an identity token.</param>
/// <param name="Binding">From <c>cnf</c>; bearer when there is none.</param>
/// <param name="AttestedBy">Of an identity token: what it was given for; null for a minted token.</param>
/// <param name="ClientAttestedBy">Of a minted token: how the workload that asked for it proved itself; null for an identity token.</param>
/// <param name="IssuedAt">When it was issued.</param>
/// <param name="ExpiresAt">When it ends, whatever else happens.</param>
internal sealed record TokenContent(
    string KeyId, string Audience, SpiffeId Subject, Guid Id, bool IsMinted, Binding Binding, EvidenceKind? AttestedBy, EvidenceKind? ClientAttestedBy,
    DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);
