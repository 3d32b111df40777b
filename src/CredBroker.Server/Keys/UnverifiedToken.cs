using CredBroker.Core.Identity;

namespace CredBroker.Server.Keys;

/// <summary>A token that reads as one of ours, which anybody can write: <see cref="OwnTokens"/> says whether we did.</summary>
/// <param name="Hash">Of the text as it came.</param>
/// <param name="Jws">Header, payload and signature.</param>
/// <param name="Content">What it says.</param>
internal sealed record UnverifiedToken(AccessTokenHash Hash, CompactJws Jws, TokenContent Content);
