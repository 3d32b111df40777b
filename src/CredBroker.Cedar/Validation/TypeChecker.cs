using System.Collections.Immutable;
using System.Diagnostics;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Validation;

/// <summary>
/// Finds the type of every expression in one kind of request, and complains where there is none. What is never evaluated, because of
/// what stands before it, is not looked at. Recurses as deep as the tree, which is limited; chains are one level.
/// </summary>
internal sealed class TypeChecker
{
    private readonly CedarSchema _schema;
    private readonly RequestEnvironment _environment;
    private readonly Findings _findings;
    private readonly AttributeTyping _attributes;
    private readonly OperatorTyping _operators;
    private readonly CedarType[] _variables;

    internal TypeChecker(CedarSchema schema, RequestEnvironment environment, Findings findings)
    {
        (_schema, _environment, _findings) = (schema, environment, findings);
        _attributes = new(this, schema, findings);
        _operators = new(this, schema, findings);
        _variables =
        [
            new CedarType.Entity(environment.Principal), new CedarType.Entity(environment.Action.Uid.Type), new CedarType.Entity(environment.Resource), environment.Action.Context,
        ];
    }

    /// <summary>True when the conditions together are false in every request of this kind.</summary>
    internal bool IsNeverTrue(ImmutableArray<Condition> conditions)
    {
        var known = Capabilities.None;
        foreach (var condition in conditions)
        {
            var body = Check(condition.Body, known);
            Expect(condition.Body, body, CedarType.Bool);
            if (condition.IsUnless ? body.IsTrue : body.IsFalse) return true;
            if (!condition.IsUnless) known = known.And(body.Known);
        }

        return false;
    }

    /// <summary>The type of an expression, where some things are known to be there.</summary>
    internal Typed Check(Expression expression, Capabilities known) => expression switch
    {
        Literal literal => new(TypeOf(literal.Value)),
        Variable variable => new(_variables[(int)variable.Name]),
        AndExpression chain => CheckAnd(chain, known),
        OrExpression chain => CheckOr(chain, known),
        Conditional choice => CheckConditional(choice, known),
        AttributeAccess access => _attributes.Check(access, known),
        AttributeTest test => _attributes.Check(test, known),
        BinaryExpression { Operator: BinaryOperator.HasTag or BinaryOperator.GetTag } binary => _attributes.CheckTag(binary, known),
        BinaryExpression binary => _operators.Check(binary, known),
        UnaryExpression unary => _operators.Check(unary, known),
        TypeTest test => _operators.Check(test, known),
        LikeExpression like => _operators.Check(like, known),
        SumExpression sum => _operators.CheckNumbers(sum.Children, known),
        ProductExpression product => _operators.CheckNumbers(product.Operands, known),
        ExtensionCall call => _operators.Check(call, known),
        SetExpression set => CheckSet(set, known),
        RecordExpression record => CheckRecord(record, known),
        _ => throw new UnreachableException(),
    };

    /// <summary>Complains when an expression has another type; true when it has this one, or has none because of an earlier complaint.</summary>
    internal bool Expect(Expression expression, Typed typed, CedarType expected)
    {
        if (typed.Type is null || typed.Type.Equals(expected) || (expected.Kind == ValueKind.Bool && typed.Type.Kind == ValueKind.Bool)) return true;
        _findings.Error(expression.Span, $"this is {TypeText.Code(typed.Type)}", TypeText.Code(expected));
        return false;
    }

    /// <summary>The type that two expressions must have in common; null after a complaint.</summary>
    internal CedarType? Join(Expression place, CedarType? left, CedarType? right)
    {
        if (left is null || right is null) return null;
        if (TypeJoin.TryJoin(left, right, out var joined)) return joined;
        _findings.Error(place.Span, $"the types {TypeText.Code(left)} and {TypeText.Code(right)} do not go together", "the same type on both sides");
        return null;
    }

    /// <summary>The entity that an expression names in every request of this kind: a literal, or the action. Else null.</summary>
    internal EntityUid? NamedBy(Expression expression) => expression switch
    {
        Literal literal when literal.Value.TryGet(out EntityUid? uid) => uid,
        Variable { Name: RequestVariable.Action } => _environment.Action.Uid,
        _ => null,
    };

    private CedarType? TypeOf(CedarValue value)
    {
        if (value.TryGet(out bool truth)) return truth ? CedarType.True : CedarType.False;
        if (!value.TryGet(out EntityUid? uid)) return CedarType.Of(value.Kind);
        // Names that the schema does not have were complained about before.
        return _schema.EntityTypes.ContainsKey(uid.Type) || _schema.Actions.ContainsKey(uid) ? new CedarType.Entity(uid.Type) : null;
    }

    private Typed CheckAnd(AndExpression chain, Capabilities known)
    {
        var (isTrue, own) = (true, Capabilities.None);
        foreach (var operand in chain.Operands)
        {
            var typed = Check(operand, known);
            Expect(operand, typed, CedarType.Bool);
            if (typed.IsFalse) return Typed.Of(false);
            isTrue &= typed.IsTrue;
            (own, known) = (own.And(typed.Known), known.And(typed.Known));
        }

        return new(isTrue ? CedarType.True : CedarType.Bool, own);
    }

    private Typed CheckOr(OrExpression chain, Capabilities known)
    {
        var so = Typed.Of(false);
        foreach (var operand in chain.Operands)
        {
            var typed = Check(operand, known);
            Expect(operand, typed, CedarType.Bool);
            if (typed.IsTrue) return typed;
            if (so.IsFalse) so = typed;
            else if (!typed.IsFalse) so = new(CedarType.Bool, so.Known.Or(typed.Known));
        }

        return so.Type is { Kind: ValueKind.Bool } ? so : new(CedarType.Bool);
    }

    private Typed CheckConditional(Conditional choice, Capabilities known)
    {
        var test = Check(choice.Test, known);
        Expect(choice.Test, test, CedarType.Bool);
        if (test.IsFalse) return Check(choice.Otherwise, known);
        var then = Check(choice.Then, known.And(test.Known));
        var own = test.Known.And(then.Known);
        if (test.IsTrue) return new(then.Type, own);
        var otherwise = Check(choice.Otherwise, known);
        return new(Join(choice, then.Type, otherwise.Type), own.Or(otherwise.Known));
    }

    private Typed CheckSet(SetExpression set, Capabilities known)
    {
        if (set.Elements.IsEmpty)
        {
            _findings.Error(set.Span, "an empty set has no type", "one element or more");
            return default;
        }

        var element = Check(set.Elements[0], known).Type;
        foreach (var next in set.Elements.Skip(1))
            element = Join(next, element, Check(next, known).Type);
        return new(element is null ? null : new CedarType.Set(element));
    }

    private Typed CheckRecord(RecordExpression record, Capabilities known)
    {
        var fields = new AttributeType[record.Fields.Length];
        var isWhole = true;
        for (var i = 0; i < fields.Length; i++)
        {
            var type = Check(record.Fields[i].Value, known).Type;
            isWhole &= type is not null;
            if (type is not null) fields[i] = new(record.Fields[i].Name, type, true);
        }

        return new(isWhole ? CedarType.Record.Of(fields) : null);
    }
}
