using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tests.Testing;

/// <summary>
/// A second evaluator, written from the rules of the language alone: recursive, over plain objects, without an index and without hashes.
/// Slow, and short enough to be read. What it says of an expression or a request, the engine must say too.
/// </summary>
internal sealed class Reference(CedarRequest request, EntityStore store)
{
    /// <summary>Which of some policies apply, and which fail.</summary>
    public (IReadOnlyList<int> Applying, IReadOnlyList<int> Failing) Decide(IReadOnlyList<CedarPolicy> policies)
    {
        var (applying, failing) = (new List<int>(), new List<int>());
        for (var i = 0; i < policies.Count; i++)
        {
            if (!IsMet(policies[i])) continue;
            var holds = Holds(policies[i]);
            if (holds == true) applying.Add(i);
            if (holds is null) failing.Add(i);
        }

        return (applying, failing);
    }

    /// <summary>The value: <c>bool</c>, <c>long</c>, <c>string</c>, the name of an entity, a list, a dictionary, or an extension value; null when there is none.</summary>
    public object? Evaluate(Expression expression) => expression switch
    {
        Literal literal => Plain(literal.Value),
        Variable { Name: RequestVariable.Principal } => request.Principal,
        Variable { Name: RequestVariable.Action } => request.Action,
        Variable { Name: RequestVariable.Resource } => request.Resource,
        Variable => Plain(CedarValue.Of(request.Context)),
        AndExpression and => Chain(and.Operands, last: false),
        OrExpression or => Chain(or.Operands, last: true),
        Conditional choice => Evaluate(choice.Test) is bool test ? Evaluate(test ? choice.Then : choice.Otherwise) : null,
        SumExpression sum => sum.Terms.Aggregate(Evaluate(sum.First) as long?, (total, term) =>
            Fit(total is { } a && Evaluate(term.Operand) is long b ? (term.IsSubtracted ? (Int128)a - b : (Int128)a + b) : null)),
        ProductExpression product => product.Operands.Aggregate((long?)1, (total, operand) => Fit(total is { } a && Evaluate(operand) is long b ? (Int128)a * b : null)),
        UnaryExpression unary => Unary(unary.Operator, Evaluate(unary.Operand)),
        BinaryExpression binary => Evaluate(binary.Left) is { } left && Evaluate(binary.Right) is { } right ? Binary(binary.Operator, left, right) : null,
        AttributeAccess access => AttributesOf(Evaluate(access.Target), out _)?.GetValueOrDefault(access.Name),
        AttributeTest test => Has(Evaluate(test.Target), test.Path),
        LikeExpression like => Evaluate(like.Target) is string text ? IsLike(text, like.Pattern.Pieces, 0) : null,
        TypeTest test => Is(test),
        SetExpression set => All(set.Elements) is { } elements ? elements.ToList() : null,
        RecordExpression record => All(record.Fields.Select(field => field.Value)) is { } values
            ? record.Fields.Zip(values).ToDictionary(pair => pair.First.Name, pair => pair.Second)
            : null,
        ExtensionCall call => Call(call),
        _ => throw new NotSupportedException(),
    };

    /// <summary>What a value of the engine is here.</summary>
    public static object? Plain(CedarValue value) => value.Kind switch
    {
        ValueKind.None => null,
        ValueKind.Bool => value.IsTrue,
        ValueKind.Long when value.TryGet(out long number) => number,
        ValueKind.String when value.TryGet(out string? text) => text,
        ValueKind.Entity when value.TryGet(out EntityUid? uid) => uid,
        ValueKind.Set when value.TryGet(out CedarSet? set) => set.Elements.Select(element => Plain(element)!).ToList(),
        ValueKind.Record when value.TryGet(out CedarRecord? record) => record.Entries.ToDictionary(entry => entry.Key, entry => Plain(entry.Value)!),
        _ => value,
    };

    /// <summary>Cedar's equality, element by element.</summary>
    public static bool AreSame(object left, object right) => (left, right) switch
    {
        (List<object> a, List<object> b) => a.TrueForAll(x => b.Exists(y => AreSame(x, y))) && b.TrueForAll(x => a.Exists(y => AreSame(x, y))),
        (Dictionary<string, object> a, Dictionary<string, object> b) => a.Count == b.Count && a.All(entry => b.TryGetValue(entry.Key, out var its) && AreSame(entry.Value, its)),
        (EntityUid a, EntityUid b) => a.Type.Name == b.Type.Name && a.Id == b.Id,
        _ => left.Equals(right),
    };

    private bool IsMet(CedarPolicy policy) => IsMet(policy.Principal, request.Principal) && IsMet(policy.Resource, request.Resource) && policy.Action switch
    {
        ActionConstraint.Any => true,
        ActionConstraint.Equal equal => AreSame(equal.Action.Uid, request.Action),
        var within => within.Actions.Any(action => IsIn(request.Action, action.Uid)),
    };

    private bool IsMet(ScopeConstraint constraint, EntityUid uid) => constraint switch
    {
        ScopeConstraint.Equal equal => AreSame(uid, equal.Entity.Entity!),
        ScopeConstraint.In within => IsIn(uid, within.Entity.Entity!),
        ScopeConstraint.Is type => uid.Type.Name == type.Type.Type.Name,
        ScopeConstraint.IsIn within => uid.Type.Name == within.Type.Type.Name && IsIn(uid, within.Entity.Entity!),
        _ => true,
    };

    private bool? Holds(CedarPolicy policy)
    {
        foreach (var condition in policy.Conditions)
        {
            if (Evaluate(condition.Body) is not bool value) return null;
            if (value == condition.IsUnless) return false;
        }

        return true;
    }

    /// <summary>Upwards from an entity, through those that exist.</summary>
    private bool IsIn(EntityUid uid, EntityUid container)
    {
        var (seen, rest) = (new List<EntityUid>(), new Stack<EntityUid>([uid]));
        while (rest.TryPop(out var next))
        {
            if (AreSame(next, container)) return true;
            if (seen.Exists(one => AreSame(one, next))) continue;
            seen.Add(next);
            foreach (var parent in Find(next)?.Parents ?? []) rest.Push(parent);
        }

        return false;
    }

    private Entity? Find(EntityUid uid) => store.Entities.FirstOrDefault(entity => AreSame(entity.Uid, uid));

    private bool? Chain(IEnumerable<Expression> operands, bool last)
    {
        foreach (var operand in operands)
        {
            if (Evaluate(operand) is not bool value) return null;
            if (value == last) return last;
        }

        return !last;
    }

    private object[]? All(IEnumerable<Expression> expressions)
    {
        var values = expressions.Select(Evaluate).ToArray();
        return Array.Exists(values, value => value is null) ? null : [.. values.OfType<object>()];
    }

    private static object? Unary(UnaryOperator op, object? operand) => (op, operand) switch
    {
        (UnaryOperator.Not, bool value) => !value,
        (UnaryOperator.Negate, long value) => Fit(-(Int128)value),
        (UnaryOperator.IsEmpty, List<object> set) => set.Count == 0,
        _ => null,
    };

    private object? Binary(BinaryOperator op, object left, object right) => (op, left, right) switch
    {
        (BinaryOperator.Equal, _, _) => AreSame(left, right),
        (BinaryOperator.NotEqual, _, _) => !AreSame(left, right),
        (>= BinaryOperator.Less and <= BinaryOperator.GreaterOrEqual, _, _) => Rank(left, right) is var (a, b) ? Compare(op, a, b) : null,
        (BinaryOperator.In, EntityUid uid, EntityUid container) => IsIn(uid, container),
        (BinaryOperator.In, EntityUid uid, List<object> set) => set.TrueForAll(element => element is EntityUid) ? set.Exists(element => IsIn(uid, (EntityUid)element)) : null,
        (BinaryOperator.Contains, List<object> set, _) => Has(set, right),
        (BinaryOperator.ContainsAll, List<object> set, List<object> others) => others.TrueForAll(other => Has(set, other)),
        (BinaryOperator.ContainsAny, List<object> set, List<object> others) => others.Exists(other => Has(set, other)),
        (BinaryOperator.HasTag, EntityUid uid, string key) => Find(uid) is { } entity && entity.Tags.Contains(key),
        (BinaryOperator.GetTag, EntityUid uid, string key) => Find(uid) is { } entity && entity.Tags.TryGet(key, out var tag) ? Plain(tag) : null,
        _ => null,
    };

    private static bool Has(List<object> set, object element) => set.Exists(one => AreSame(one, element));

    private static (long, long)? Rank(object left, object right) => (left, right) switch
    {
        (long a, long b) => (a, b),
        (CedarValue a, CedarValue b) when a.TryGet(out Cedar.Extensions.CedarDatetime x) && b.TryGet(out Cedar.Extensions.CedarDatetime y) => (x.UnixMilliseconds, y.UnixMilliseconds),
        (CedarValue a, CedarValue b) when a.TryGet(out Cedar.Extensions.CedarDuration x) && b.TryGet(out Cedar.Extensions.CedarDuration y) => (x.Milliseconds, y.Milliseconds),
        _ => null,
    };

    private static bool Compare(BinaryOperator op, long left, long right) => op switch
    {
        BinaryOperator.Less => left < right,
        BinaryOperator.LessOrEqual => left <= right,
        BinaryOperator.Greater => left > right,
        _ => left >= right,
    };

    private static long? Fit(Int128? value) => value is { } number && number >= long.MinValue && number <= long.MaxValue ? (long)number : null;

    /// <summary>Null for what has no attributes: an entity that does not exist, or another kind of value, which is told apart.</summary>
    private Dictionary<string, object>? AttributesOf(object? value, out bool mayHave)
    {
        mayHave = value is EntityUid or Dictionary<string, object>;
        return value is EntityUid uid ? Find(uid) is { } entity ? (Dictionary<string, object>?)Plain(CedarValue.Of(entity.Attributes)) : null : value as Dictionary<string, object>;
    }

    private bool? Has(object? value, IEnumerable<string> path)
    {
        foreach (var name in path)
        {
            var attributes = AttributesOf(value, out var mayHave);
            if (!mayHave) return null;
            if (attributes is null || !attributes.TryGetValue(name, out value)) return false;
        }

        return true;
    }

    private object? Is(TypeTest test)
    {
        if (Evaluate(test.Target) is not EntityUid uid) return null;
        if (uid.Type.Name != test.Type.Name) return false;
        return test.Container is null ? true : Evaluate(test.Container) is { } container ? Binary(BinaryOperator.In, uid, container) : null;
    }

    private static bool IsLike(ReadOnlySpan<char> text, IReadOnlyList<string> pieces, int from)
    {
        if (!text.StartsWith(pieces[from])) return false;
        var rest = text[pieces[from].Length..];
        if (from == pieces.Count - 1) return rest.IsEmpty;
        for (var skipped = 0; skipped <= rest.Length; skipped++)
            if (IsLike(rest[skipped..], pieces, from + 1)) return true;
        return false;
    }

    // What the functions themselves come to is held against the official build elsewhere.
    private object? Call(ExtensionCall call)
    {
        if (All(call.Arguments) is not { } arguments || arguments.Length != call.Function.Parameters.Length) return null;
        var values = arguments.Select(argument => argument is CedarValue value ? value : argument is string text ? CedarValue.Of(text) : default).ToArray();
        if (!values.Select(value => value.Kind).SequenceEqual(call.Function.Parameters)) return null;
        return Plain(call.Function.Apply(values[0], values.ElementAtOrDefault(1)));
    }
}
