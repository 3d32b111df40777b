using CredBroker.Server.Attestation;
using Grpc.Core;

using CredBroker.V1;

namespace CredBroker.Server.Hosting.Services;

/// <summary>credbroker.v1.Attestation. Evidence of the connection itself comes with the HTTP request, so Attest is given that too.</summary>
internal sealed class AttestationService(Attest attest, WhoAmI whoAmI) : V1.Attestation.AttestationBase
{
    public override Task<AttestResponse> Attest(AttestRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, (asked, _, ct) => attest.HandleAsync(asked, context.GetHttpContext(), ct));

    public override Task<WhoAmIResponse> WhoAmI(WhoAmIRequest request, ServerCallContext context) =>
        Call.AnswerAsync(context, request, whoAmI.HandleAsync);
}
