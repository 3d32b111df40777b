using CredBroker.Server.Tokens;
using Grpc.Core;

using CredBroker.V1;

namespace CredBroker.Server.Hosting.Services;

/// <summary>credbroker.v1.Tokens: each RPC is a slice of its own.</summary>
internal sealed class TokensService(Mint mint, Introspect introspect, Authorize authorize, RevokeToken revoke) : V1.Tokens.TokensBase
{
    public override Task<MintResponse> Mint(MintRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, mint.HandleAsync);

    public override Task<IntrospectResponse> Introspect(IntrospectRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, introspect.HandleAsync);

    public override Task<AuthorizeResponse> Authorize(AuthorizeRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, authorize.HandleAsync);

    public override Task<RevokeTokenResponse> Revoke(RevokeTokenRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, revoke.HandleAsync);
}
