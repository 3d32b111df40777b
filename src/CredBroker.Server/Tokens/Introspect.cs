using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.Core.Tokens;
using CredBroker.Server.Keys;
using CredBroker.Server.Ledger;
using CredBroker.Server.Wire;

using CredBroker.V1;

namespace CredBroker.Server.Tokens;

/// <summary>
/// Introspect (RFC 7662): whether a token is active, by one exact read, for a backend that serves its audience. Whatever else is asked
/// about gets exactly <c>active = false</c>. Refusals: malformed fields only.
/// </summary>
internal sealed class Introspect(
    OwnTokens own, PublicKeys keys, LiveTokenReader tokens, PresentedProofs proofs, CapabilityMessageCache capabilities)
{
    private static readonly IntrospectResponse s_inactive = new() { Active = false };

    public async Task<Reply<IntrospectResponse>> HandleAsync(IntrospectRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        fields.Token(request.Token);
        if (fields.Refusal is { } malformed) return Reply.Refuse<IntrospectResponse>(malformed);

        if ((own.Find(request.Token, out var unverified) ?? unverified?.Content) is not { } token) return Inactive();
        if (!caller.Serves.Contains(token.Audience)) return Inactive();
        if (await tokens.ReadAsync(Jti.Of(token.Id), ct) is not { } row || row.Audience != token.Audience) return Inactive();
        if (unverified is not null && !await own.VerifyAsync(unverified, row.TokenHash, ct)) return Inactive();
        // The same grant signed once more, because its mint was repeated: the read above has seen to the first key only.
        if (row.Kid != token.KeyId && !await keys.IsPublishedAsync(token.KeyId, ct)) return Inactive();
        if (request.Proof is { } proof && !proofs.Holds(proof, request.Token, token.Binding)) return Inactive();
        return Reply.Of(Answer(token, row));
    }

    private static Reply<IntrospectResponse> Inactive() => Reply.Of(s_inactive);

    private IntrospectResponse Answer(TokenContent token, LiveToken row)
    {
        var answer = new IntrospectResponse
        {
            Active = true, Iss = own.Issuer, Sub = token.Subject.ToString(), Aud = row.Audience, ClientId = row.Workload, Jti = token.Id.ToString(),
            Iat = row.IssuedAt.ToUnixTimeSeconds(), Nbf = row.IssuedAt.ToUnixTimeSeconds(), Exp = token.ExpiresAt.ToUnixTimeSeconds(),
            TokenType = token.Binding.TokenType, Capability = capabilities.Of(row.Capability),
            TaskId = row.TaskId.ToString(), Txn = row.RootId.ToString(), Initiator = row.Initiator,
        };
        switch (token.Binding)
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
