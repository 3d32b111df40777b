using CredBroker.Core.Capabilities;
using CredBroker.Core.Tokens;
using CredBroker.Server.Ledger;

namespace CredBroker.Server.Tokens;

/// <summary>Token rows as values.</summary>
internal static class IssuedTokens
{
    /// <summary>The capability of a row.</summary>
    /// <exception cref="InvalidDataException">The row does not read.</exception>
    public static Capability CapabilityOf(TokenRow row) => CapabilityOf(new GrantedText(row.Tool, row.Action, row.Resource, row.ParametersJson));

    /// <summary>A capability of the tokens table.</summary>
    /// <exception cref="InvalidDataException">It does not read.</exception>
    public static Capability CapabilityOf(GrantedText text) =>
        CapabilityJson.TryParse(text.Tool, text.Action, text.Resource, text.ParametersJson, out var capability)
            ? capability
            : throw new InvalidDataException($"A token's capability in the database does not read ({text.Tool}, {text.Action}).");

    /// <summary>What a row of the tokens table is bound to.</summary>
    /// <exception cref="InvalidDataException">It does not read.</exception>
    public static Binding BindingOf(string? cnf) => Binding.TryParse(cnf, out var binding)
        ? binding
        : throw new InvalidDataException("What a token is bound to does not read in the database.");

    /// <summary>The row as the rules see it.</summary>
    public static IssuedToken Of(TokenRow row) => new()
    {
        Jti = row.Jti, Task = row.TaskId, Capability = CapabilityOf(row), Audience = row.Audience, Binding = BindingOf(row.Cnf),
        IssuedAt = row.IssuedAt, ExpiresAt = row.ExpiresAt, Uses = row.UsesLeft, Approval = row.Approval, Decision = row.DecisionId, AskDigest = row.AskDigest,
    };
}
