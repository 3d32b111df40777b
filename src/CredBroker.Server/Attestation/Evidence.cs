using System.Diagnostics;
using CredBroker.Core.Catalog;
using CredBroker.V1;
using Microsoft.AspNetCore.Http;

namespace CredBroker.Server.Attestation;

/// <summary>Each kind of evidence to what reads it.</summary>
internal sealed class Evidence(UnixEvidence unix, JwtTokens jwt, TimeProvider clock)
{
    /// <summary>Reads the evidence of a request, under one catalog.</summary>
    public async Task<EvidenceReading> ReadAsync(AttestRequest request, HttpContext http, CatalogSnapshot snapshot, CancellationToken ct) =>
        request.EvidenceCase switch
        {
            AttestRequest.EvidenceOneofCase.UnixPeer => await unix.ReadAsync(http, snapshot.Catalog, ct),
            AttestRequest.EvidenceOneofCase.Jwt => await jwt.ReadAsync(request.Jwt.Token, snapshot, ct),
            AttestRequest.EvidenceOneofCase.X509Peer => X509Evidence.Read(http, snapshot, clock.GetUtcNow()),
            AttestRequest.EvidenceOneofCase.JoinToken => JoinTokens.Read(request.JoinToken.Secret),
            _ => throw new UnreachableException(),
        };
}
