using CredBroker.Core.Identity;

namespace CredBroker.Server.Keys;

/// <summary>
/// Tokens of ours that were verified before, by the hash of their whole text: an ECDSA signature has two spellings, and only the one that
/// was verified may be found. What is found here is only known to be signed by us: whether it is alive is asked elsewhere, every time.
/// </summary>
internal sealed class VerifiedTokens
{
    private readonly BoundedCache<AccessTokenHash, TokenContent> _tokens = new(capacity: 65_536);

    public bool TryGet(AccessTokenHash hash, out TokenContent? content) => _tokens.TryGet(hash, out content);

    public void Add(AccessTokenHash hash, TokenContent content) => _tokens.Add(hash, content);

    /// <summary>Forgets everything: a key was revoked.</summary>
    public void Clear() => _tokens.Clear();
}
