using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.Core.Tokens;
using CredBroker.Server.Keys;
using CredBroker.Server.Ledger;
using CredBroker.Server.Wire;

using CredBroker.V1;

namespace CredBroker.Server.Tokens;

/// <summary>
/// Introspect (RFC 7662): whether a token is active, exact at a moment after it was asked, for a backend that serves its audience.
/// Whatever else is asked about gets exactly <c>active = false</c>. Refusals: malformed fields only.
/// </summary>
internal sealed class Introspect(
    OwnTokens own, PublicKeys keys, LiveTokenReader tokens, PresentedProofs proofs, CapabilityMessageCache capabilities)
{
    private static readonly IntrospectResponse s_inactive = new() { Active = false };
    private readonly JtiHint _hints = new(own.Issuer);

    public async Task<Reply<IntrospectResponse>> HandleAsync(IntrospectRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        fields.Token(request.Token);
        if (fields.Refusal is { } malformed) return Reply.Refuse<IntrospectResponse>(malformed);

        if (await FindAsync(request.Token, ct) is not { } token || !caller.Serves.Contains(token.Audience)) return Inactive();
        var binding = IssuedTokens.BindingOf(token.Cnf);
        if (request.Proof is { } proof && !proofs.Holds(proof, request.Token, binding)) return Inactive();
        return Reply.Of(Answer(token, binding));
    }

    private static Reply<IntrospectResponse> Inactive() => Reply.Of(s_inactive);

    // The text that was recorded when it was issued says what its row says: nothing of it needs to be read or verified (decision 15).
    private async ValueTask<LiveToken?> FindAsync(string text, CancellationToken ct)
    {
        var hint = _hints.Of(text);
        var token = hint is { } jti ? await tokens.ReadAsync(jti, ct) : null;
        return token is not null && AccessTokenHash.Of(text).Is(token.TokenHash) ? token : await FindOtherTextAsync(text, hint, token, ct);
    }

    // The same grant signed once more, because its mint was repeated: another text that says the same, and its signature is ours.
    private async ValueTask<LiveToken?> FindOtherTextAsync(string text, Jti? hint, LiveToken? hinted, CancellationToken ct)
    {
        if ((own.Find(text, out var unverified) ?? unverified?.Content) is not { } content) return null;
        var token = content.Id == hint?.Value ? hinted : await tokens.ReadAsync(Jti.Of(content.Id), ct);
        if (token is null || token.Audience != content.Audience) return null;
        if (unverified is not null && !await own.VerifyAsync(unverified, token.TokenHash, ct)) return null;
        // The read has seen to the first key only.
        return token.Kid == content.KeyId || await keys.IsPublishedAsync(content.KeyId, ct) ? token : null;
    }

    private IntrospectResponse Answer(LiveToken token, Binding binding)
    {
        var answer = new IntrospectResponse
        {
            Active = true, Iss = own.Issuer, Sub = token.Subject, Aud = token.Audience, ClientId = token.Workload, Jti = token.Jti.ToString(),
            Iat = token.IssuedAt.ToUnixTimeSeconds(), Nbf = token.IssuedAt.ToUnixTimeSeconds(), Exp = token.ExpiresAt.ToUnixTimeSeconds(),
            TokenType = binding.TokenType, Capability = capabilities.Of(token.Capability),
            TaskId = token.TaskId.ToString(), Txn = token.RootId.ToString(), Initiator = token.Initiator,
        };
        switch (binding)
        {
            case Binding.Jkt key:
                answer.Cnf = new Confirmation { Jkt = key.Thumbprint.ToString() };
                break;
            case Binding.X5tS256 certificate:
                answer.Cnf = new Confirmation { X5TS256 = certificate.Thumbprint.ToString() };
                break;
        }

        return answer;
    }
}
