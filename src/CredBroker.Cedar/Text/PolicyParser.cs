using System.Collections.Immutable;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Text;

/// <summary>Reads policies and templates from text. Every mistake is a value; after one, reading goes on with the next policy.</summary>
public static class PolicyParser
{
    /// <summary>Reads all policies of a text, in their order; an empty text has none.</summary>
    /// <returns>False when there is any mistake; then there are no policies.</returns>
    public static bool TryParse(SourceText source, out ImmutableArray<CedarPolicy> policies, out ImmutableArray<CedarError> errors)
    {
        ArgumentNullException.ThrowIfNull(source);
        var list = new ErrorList(source);
        policies = Parse(list);
        errors = list.ToArray();
        if (list.Count > 0) policies = [];
        return list.Count == 0;
    }

    internal static ImmutableArray<CedarPolicy> Parse(ErrorList errors)
    {
        var tokens = Lexer.Read(errors);
        if (errors.Count > 0) return [];
        var cursor = new TokenCursor(tokens, errors);
        var reader = new PolicyReader(cursor);
        var policies = ImmutableArray.CreateBuilder<CedarPolicy>();
        while (!cursor.IsAtEnd && !errors.IsFull)
        {
            if (reader.Read() is not { } policy)
                cursor.Recover();
            else if (Fits(cursor, policy, policies.Count))
                policies.Add(policy);
        }

        return policies.DrainToImmutable();
    }

    private static bool Fits(TokenCursor cursor, CedarPolicy policy, int before)
    {
        if (before == CedarLimits.MaxPolicies)
            cursor.Errors.Add(policy.Span, "too many policies", Expected.AtMost(CedarLimits.MaxPolicies));
        else if (policy.Span.Length > CedarLimits.MaxPolicyLength)
            cursor.Errors.Add(policy.Span, "this policy is too long", $"{Expected.AtMost(CedarLimits.MaxPolicyLength)} characters");
        else
            return true;
        return false;
    }
}
