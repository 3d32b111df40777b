using System.Diagnostics;
using System.Text;
using CredBroker.Core.Identity;
using CredBroker.V1;

namespace CredBroker.Client;

/// <summary>One attestation: evidence in, identity out.</summary>
internal static class Attesting
{
    public static async Task<AgentIdentity> AttestAsync(BrokerConnection connection, Evidence evidence, EphemeralKey? key, CancellationToken ct)
    {
        var request = await RequestOfAsync(evidence, ct);
        request.PublicJwk = key?.Public.ToJson() ?? "";
        var answer = await connection.Attestation.AttestAsync(request, cancellationToken: ct);
        return new(answer.IdentityToken, answer.SpiffeId, answer.Workload, answer.Binding, answer.ExpiresAt?.ToDateTimeOffset() ?? default)
        {
            Selectors = [.. answer.Selectors],
        };
    }

    private static async Task<AttestRequest> RequestOfAsync(Evidence evidence, CancellationToken ct) => evidence switch
    {
        Evidence.UnixPeer => new() { UnixPeer = new() },
        Evidence.X509Peer => new() { X509Peer = new() },
        Evidence.Jwt jwt => new() { Jwt = new() { Token = jwt.Token } },
        Evidence.JwtFile file => new() { Jwt = new() { Token = await ReadAsync(file.Path, ct) } },
        Evidence.JoinToken token => new() { JoinToken = new() { Secret = token.Secret } },
        _ => throw new UnreachableException(),
    };

    private static async Task<string> ReadAsync(string path, CancellationToken ct)
    {
        await using var file = File.OpenRead(path);
        var bytes = new byte[Evidence.MaxJwtBytes + 1];
        var length = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
        if (length > Evidence.MaxJwtBytes) throw new IOException($"{path} is longer than {Evidence.MaxJwtBytes} bytes: no JWT.");
        // Files end in a newline, tokens do not.
        return Encoding.ASCII.GetString(bytes, 0, length).Trim();
    }
}
