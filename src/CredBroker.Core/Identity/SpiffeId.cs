using System.Buffers;

namespace CredBroker.Core.Identity;

/// <summary>
/// The SPIFFE ID of a workload, <c>spiffe://trust-domain/path</c> (SPIFFE-ID sections 2.1 to 2.3). It always has a path: the ID of a
/// trust domain itself is a <see cref="Identity.TrustDomain"/> here, and never a caller. The default value is no ID; <see cref="TryParse"/>
/// refuses its text.
/// </summary>
/// <remarks>Never parsed with <see cref="Uri"/>, which folds case, unescapes, and removes dot segments.</remarks>
public readonly record struct SpiffeId
{
    /// <summary>Most characters of an ID, all of them ASCII: what implementations have to accept (SPIFFE-ID section 2.3).</summary>
    public const int MaxLength = 2048;

    private const string Scheme = "spiffe://";

    private static readonly SearchValues<char> SegmentCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_");

    private readonly string? _path;

    private SpiffeId(TrustDomain trustDomain, string path) => (TrustDomain, _path) = (trustDomain, path);

    /// <summary>The trust domain.</summary>
    public TrustDomain TrustDomain { get; }

    /// <summary>The path with its leading slash, such as <c>/ns/agents/triage</c>; case matters.</summary>
    public string Path => _path ?? "";

    /// <summary>
    /// Reads an ID. Refuses upper case in scheme or trust domain, ports, user information, query, fragment, percent-encoding, a missing
    /// path, a trailing slash, and segments that are empty, <c>.</c> or <c>..</c>: one workload has one spelling.
    /// </summary>
    public static bool TryParse(string? text, out SpiffeId id)
    {
        id = default;
        if (text is null || text.Length > MaxLength || !text.StartsWith(Scheme, StringComparison.Ordinal)) return false;
        var slash = text.IndexOf('/', Scheme.Length);
        if (slash < 0 || !TrustDomain.TryParse(text[Scheme.Length..slash], out var trustDomain)) return false;
        if (!IsPath(text.AsSpan(slash))) return false;
        id = new(trustDomain, text[slash..]);
        return true;
    }

    private static bool IsPath(ReadOnlySpan<char> path)
    {
        foreach (var range in path[1..].Split('/'))
        {
            var segment = path[1..][range];
            if (segment is "" or "." or ".." || segment.ContainsAnyExcept(SegmentCharacters)) return false;
        }
        return true;
    }

    /// <summary>The whole ID; empty for the default value.</summary>
    public override string ToString() => _path is null ? "" : $"{Scheme}{TrustDomain}{_path}";
}
