namespace CredBroker.Core.Tokens;

/// <summary>Whether whoever presented a token holds what the token is bound to, as far as the backend could show it.</summary>
public enum Possession
{
    /// <summary>Nothing was shown: enough for a bearer token only.</summary>
    None = 0,

    /// <summary>A proof by the token's key for this very request, or the token's certificate on the connection.</summary>
    Shown = 1,

    /// <summary>What was shown does not hold: another key or certificate, another request, another moment, or no such thing is due.</summary>
    Refused = 2,

    /// <summary>A proof that was presented before, for another request.</summary>
    Replayed = 3,
}
