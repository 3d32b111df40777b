using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Tree;

namespace CredBroker.Core.Policies.Explanations;

/// <summary>
/// Takes the conditions of policies apart, and asks Cedar about each part alone: a part is the only condition of a permit about everything,
/// so what the engine makes of it is what it makes of it within its policy.
/// </summary>
internal static class Conditions
{
    // Longer ones are cut: they are read by people.
    private const int LongestText = 400;

    // As many policies as a set may have at least; a catalog's may have more parts.
    private const int AtATime = 5_000;

    /// <summary>What becomes of each policy in scope, in their order.</summary>
    internal static ImmutableArray<PolicyFinding> Of(Scene scene)
    {
        var parts = scene.InScope.Select(policy => PartsOf(policy.Value)).ToList();
        var states = Ask(scene, parts);
        return [.. scene.InScope.Select((policy, i) => Finding(scene, policy.Key, policy.Value, parts[i], [.. parts[i].Select((_, part) => states(i, part))]))];
    }

    private static PolicyFinding Finding(Scene scene, PolicyId id, CedarPolicy policy, List<Part> parts, PolicyState[] states)
    {
        // What comes after the first part that is not met is not evaluated, and may fail only for that: `has x && x == 1`.
        var first = Array.FindIndex(states, state => state != PolicyState.Applied);
        var state = first < 0 ? PolicyState.Applied : states[first];
        var conditions = parts.Select((part, i) => new ConditionFinding(Short(part.Body.ToString()), part.IsUnless, states[i], FactsOf(scene, part.Body)))
            .Where((condition, i) => state == PolicyState.Applied || i == first || (condition.State == PolicyState.Unmet && i > first));
        return new(id.Value, policy.Source is { } source ? PolicyPlaces.Of(source, policy.Span) : null, policy.Effect == Effect.Forbid, state, [.. conditions]);
    }

    private static Func<int, int, PolicyState> Ask(Scene scene, List<List<Part>> parts)
    {
        var (holds, fails) = (new HashSet<PolicyId>(), new HashSet<PolicyId>());
        foreach (var some in parts.SelectMany((policy, i) => policy.Select((part, at) => (Id: IdOf(i, at), part.Body))).Chunk(AtATime))
        {
            var builder = new PolicySetBuilder();
            foreach (var (id, body) in some)
                if (!builder.TryAdd(id, Alone(body), out var error)) throw new UnreachableException(error.ToString());
            var result = PolicySnapshot.Compile(builder.Build()).Authorize(scene.Request, scene.Entities);
            holds.UnionWith(result.Reasons);
            fails.UnionWith(result.Errors.Select(failed => failed.Policy));
        }

        return (i, part) => fails.Contains(IdOf(i, part)) ? PolicyState.Failed
            : holds.Contains(IdOf(i, part)) != parts[i][part].IsUnless ? PolicyState.Applied : PolicyState.Unmet;
    }

    private static PolicyId IdOf(int policy, int part) => new(string.Create(CultureInfo.InvariantCulture, $"{policy}/{part}"));

    private static CedarPolicy Alone(Expression body) => new()
    {
        Effect = Effect.Permit, Principal = new ScopeConstraint.Any(), Action = new ActionConstraint.Any(), Resource = new ScopeConstraint.Any(),
        Conditions = [new Condition(isUnless: false, body)],
    };

    // All parts of a `when` have to hold, and none of an `unless` may.
    private static List<Part> PartsOf(CedarPolicy policy)
    {
        var parts = new List<Part>();
        foreach (var condition in policy.Conditions)
        {
            var rest = new Stack<Expression>([condition.Body]);
            while (rest.TryPop(out var next))
            {
                var operands = condition.IsUnless ? (next as OrExpression)?.Operands : (next as AndExpression)?.Operands;
                if (operands is { } several) foreach (var operand in several.Reverse()) rest.Push(operand);
                else parts.Add(new(next, condition.IsUnless));
            }
        }

        return parts;
    }

    private static ImmutableArray<FactValue> FactsOf(Scene scene, Expression body) =>
        [.. FactPaths.In(body).Select(path => new FactValue(FactPaths.Text(path), scene.ValueOf(path) is { } value ? Short(value.ToString()) : null))];

    private static string Short(string text) => text.Length <= LongestText ? text : $"{text[..LongestText]}…";

    private sealed record Part(Expression Body, bool IsUnless);
}
