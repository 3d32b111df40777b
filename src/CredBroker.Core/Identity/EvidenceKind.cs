using System.Diagnostics;

namespace CredBroker.Core.Identity;

/// <summary>What a workload proved itself with, when it was attested or, over a connection that proves it, at the call itself.</summary>
public enum EvidenceKind
{
    /// <summary>The kernel's word on the process at the other end of the Unix socket.</summary>
    UnixPeer = 1,

    /// <summary>A JWT-SVID, or another OIDC token.</summary>
    Jwt = 2,

    /// <summary>An X.509-SVID on the connection.</summary>
    X509Peer = 3,

    /// <summary>A one-time secret.</summary>
    JoinToken = 4,
}

/// <summary>The words of identity tokens and policies for it: those that the contract has for the evidence of Attest.</summary>
public static class EvidenceKinds
{
    /// <summary>The claim of an identity token that says it.</summary>
    public const string Claim = "attested_by";

    /// <summary>
    /// The claim of a minted token that says it of the workload that asked for it. Another name: a minted token must not read as an identity
    /// token, whatever its audience.
    /// </summary>
    public const string ClientClaim = "client_attested_by";

    /// <summary>Its word.</summary>
    public static string Word(this EvidenceKind kind) => kind switch
    {
        EvidenceKind.UnixPeer => "unix_peer",
        EvidenceKind.Jwt => "jwt",
        EvidenceKind.X509Peer => "x509_peer",
        EvidenceKind.JoinToken => "join_token",
        _ => throw new UnreachableException(),
    };

    /// <summary>The kind of a word; null for any other text.</summary>
    public static EvidenceKind? Of(string word) => word switch
    {
        "unix_peer" => EvidenceKind.UnixPeer,
        "jwt" => EvidenceKind.Jwt,
        "x509_peer" => EvidenceKind.X509Peer,
        "join_token" => EvidenceKind.JoinToken,
        _ => null,
    };
}
