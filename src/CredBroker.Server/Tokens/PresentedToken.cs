using CredBroker.Core.Tokens;
using CredBroker.Server.Ledger;

namespace CredBroker.Server.Tokens;

/// <summary>A token of ours as a backend received it.</summary>
/// <param name="KeyId">The key that signed this text of it.</param>
/// <param name="Row">The token in the database, when it was read.</param>
/// <param name="Issued">The same as the rules see it.</param>
/// <param name="Possession">What the backend could show of whoever presented it.</param>
internal sealed record PresentedToken(string KeyId, TokenRow Row, IssuedToken Issued, Possession Possession);
