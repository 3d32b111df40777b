using System.Collections.Immutable;
using CredBroker.Cedar.Extensions;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;
using FsCheck;
using FsCheck.Fluent;

namespace CredBroker.Cedar.Tests.Testing;

/// <summary>Random policies: every form of expression, names and strings that need escapes, and values that the sample request has.</summary>
internal static class Trees
{
    private static readonly string[] s_names = ["a", "n", "r", "s", "x", "if", "a b", "", "principal", "__cedar", "\"\\\n\u200b😀*"];
    private static readonly string[] s_plain = ["a", "n", "r", "x", "principal", "when"];
    private static readonly string[] s_texts = ["", "a*b", "str", "1.5", "10.0.0.0/8", "2024-05-01", "1h", "\0\r\n\t\"\\*", "é😀\u2028"];
    private static readonly long[] s_numbers = [0, 1, -1, 5, long.MaxValue, long.MinValue];

    private static readonly EntityUid[] s_uids =
    [
        EntityUid.Of("User", "alice"), EntityUid.Of("User", "bob"), EntityUid.Of("User", "ghost"), EntityUid.Of("Group", "g2"), EntityUid.Of("Doc", "d"),
        EntityUid.Of("A::B", "\"x\"\n"),
    ];

    private static readonly EntityType[] s_types = [.. s_uids.Select(uid => uid.Type).Distinct()];

    public static Arbitrary<Expression> Expressions { get; } = Gen.Sized(Expression).ToArbitrary();

    public static Arbitrary<CedarPolicy> Policies { get; } = Gen.Sized(size => Policy(size, Gen.Constant(default(Slot?)))).ToArbitrary();

    public static Arbitrary<CedarPolicy> Templates { get; } = Gen.Sized(size => Policy(size, Gen.Elements<Slot?>(null, Slot.Principal, Slot.Resource))).ToArbitrary();

    private static Gen<Expression> Leaf { get; } = Gen.OneOf(
        Gen.Elements(s_numbers).Select(number => CedarValue.Of(number)).Select(Literal),
        Gen.Elements(s_texts).Select(text => CedarValue.Of(text)).Select(Literal),
        Gen.Elements(s_uids).Select(uid => CedarValue.Of(uid)).Select(Literal),
        Gen.Elements(true, false).Select(truth => CedarValue.Of(truth)).Select(Literal),
        Gen.Elements(Enum.GetValues<RequestVariable>()).Select(name => (Expression)new Variable(name)));

    private static Expression Literal(CedarValue value) => new Literal(value);

    private static Gen<Expression> Expression(int size)
    {
        if (size <= 1) return Leaf;
        var inner = Expression(size / 3);
        var two = inner.Two();
        return Gen.Frequency(
            (1, Leaf),
            (2, Gen.ArrayOf(inner, 3).Select(all => (Expression)new AndExpression([.. all]))),
            (2, Gen.ArrayOf(inner, 2).Select(all => (Expression)new OrExpression([.. all]))),
            (1, Gen.ArrayOf(inner, 2).Select(all => (Expression)new ProductExpression([.. all]))),
            (2, Sum(inner)),
            (2, from op in Gen.Elements(Enum.GetValues<UnaryOperator>()) from operand in inner select (Expression)new UnaryExpression(op, operand)),
            (5, from op in Gen.Elements(Enum.GetValues<BinaryOperator>()) from pair in two select (Expression)new BinaryExpression(op, pair.Item1, pair.Item2)),
            (3, from target in inner from name in Gen.Elements(s_names) select (Expression)new AttributeAccess(target, name)),
            (2, from target in inner from name in Gen.Elements(s_names) select (Expression)new AttributeTest(target, [name])),
            (1, from target in inner from path in Gen.ArrayOf(Gen.Elements(s_plain), 2) select (Expression)new AttributeTest(target, [.. path])),
            (2, from target in inner from pieces in Gen.NonEmptyListOf(Gen.Elements(s_texts)) select (Expression)new LikeExpression(target, new([.. pieces]))),
            (2, from target in inner from type in Gen.Elements(s_types) select (Expression)new TypeTest(target, type)),
            (1, from pair in two from type in Gen.Elements(s_types) select (Expression)new TypeTest(pair.Item1, type, pair.Item2)),
            (1, Gen.ArrayOf(inner, 3).Select(all => (Expression)new Conditional(all[0], all[1], all[2]))),
            (1, Gen.ListOf(inner).Resize(4).Select(all => (Expression)new SetExpression([.. all]))),
            (1, Record(inner)),
            (2, Call(inner)));
    }

    private static Gen<Expression> Sum(Gen<Expression> inner) =>
        from first in inner
        from signs in Gen.ArrayOf(Gen.Elements(true, false), 2)
        from operands in Gen.ArrayOf(inner, 2)
        select (Expression)new SumExpression(first, [.. signs.Zip(operands, (sign, operand) => new SumTerm(sign, operand))]);

    private static Gen<Expression> Record(Gen<Expression> inner) =>
        from names in Gen.SubListOf(s_names)
        from values in Gen.ArrayOf(inner, s_names.Length)
        select (Expression)new RecordExpression([.. names.Take(3).Zip(values, (name, value) => new RecordField(name, value))]);

    // A method without anything before its dot has no text.
    private static Gen<Expression> Call(Gen<Expression> inner) =>
        from function in Gen.Elements(ExtensionFunctions.All.ToArray())
        from more in Gen.Choose(0, 2)
        from arguments in Gen.ArrayOf(inner, (function.IsMethod ? 1 : 0) + more)
        select (Expression)new ExtensionCall(function, [.. arguments]);

    private static Gen<CedarPolicy> Policy(int size, Gen<Slot?> slots) =>
        from effect in Gen.Elements(Effect.Permit, Effect.Forbid)
        from notes in Gen.SubListOf("id", "if", "note")
        from texts in Gen.ArrayOf(Gen.Elements([null, .. s_texts]), 3)
        from principal in Scope(slots, Slot.Principal)
        from action in Action
        from resource in Scope(slots, Slot.Resource)
        from bodies in Gen.ListOf(Expression(size / 2)).Resize(3)
        from kinds in Gen.ArrayOf(Gen.Elements(true, false), bodies.Count)
        select new CedarPolicy
        {
            Effect = effect,
            Annotations = [.. notes.Zip(texts, (name, text) => new Annotation(name, text))],
            Principal = principal,
            Action = action,
            Resource = resource,
            Conditions = [.. kinds.Zip(bodies, (isUnless, body) => new Condition(isUnless, body))],
        };

    private static Gen<ScopeConstraint> Scope(Gen<Slot?> slots, Slot own)
    {
        var place = from uid in Gen.Elements(s_uids) from slot in slots select slot == own ? new EntityOrSlot(own) : new EntityOrSlot(uid);
        return Gen.Frequency(
            (3, Gen.Constant<ScopeConstraint>(new ScopeConstraint.Any())),
            (1, place.Select(entity => (ScopeConstraint)new ScopeConstraint.Equal(entity))),
            (1, place.Select(entity => (ScopeConstraint)new ScopeConstraint.In(entity))),
            (1, Gen.Elements(s_types).Select(type => (ScopeConstraint)new ScopeConstraint.Is(new(type)))),
            (1, from type in Gen.Elements(s_types) from entity in place select (ScopeConstraint)new ScopeConstraint.IsIn(new(type), entity)));
    }

    private static Gen<ActionConstraint> Action { get; } = Gen.OneOf(
        Gen.Constant<ActionConstraint>(new ActionConstraint.Any()),
        ActionNames(1).Select(names => (ActionConstraint)new ActionConstraint.Equal(names[0])),
        ActionNames(1).Select(names => (ActionConstraint)new ActionConstraint.In(names[0])),
        ActionNames(0).Select(ActionConstraint.OneOf),
        ActionNames(3).Select(ActionConstraint.OneOf));

    private static Gen<ImmutableArray<ActionName>> ActionNames(int count) =>
        Gen.ArrayOf(Gen.Elements("view", "edit", "all"), count).Select(ids => ids.Select(id => new ActionName(EntityUid.Of("Action", id))).ToImmutableArray());
}
