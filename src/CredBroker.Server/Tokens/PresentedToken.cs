using CredBroker.Core.Tokens;
using CredBroker.Server.Keys;
using CredBroker.Server.Ledger;

namespace CredBroker.Server.Tokens;

/// <summary>A token of ours as a backend received it.</summary>
/// <param name="Content">What this text of it says.</param>
/// <param name="Row">The token in the database, when it was read.</param>
/// <param name="Issued">The same as the rules see it.</param>
/// <param name="Possession">What the backend could show of whoever presented it.</param>
internal sealed record PresentedToken(TokenContent Content, TokenRow Row, IssuedToken Issued, Possession Possession);
