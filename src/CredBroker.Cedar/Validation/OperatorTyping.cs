using CredBroker.Cedar.Extensions;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Validation;

/// <summary>Types of operators, of the methods of sets, and of calls of extension functions.</summary>
internal sealed class OperatorTyping(TypeChecker checker, CedarSchema schema, Findings findings)
{
    internal Typed Check(BinaryExpression binary, Capabilities known)
    {
        var left = checker.Check(binary.Left, known);
        var right = checker.Check(binary.Right, known);
        switch (binary.Operator)
        {
            case BinaryOperator.Equal:
                return CheckEqual(binary, left, right);
            case BinaryOperator.NotEqual:
                return Not(CheckEqual(binary, left, right));
            case BinaryOperator.In:
                return CheckIn(binary.Left, binary.Right, left, right);
            case BinaryOperator.Contains:
                if (ExpectSet(binary.Left, left) is { } set) checker.Join(binary, set.Element, right.Type);
                return new(CedarType.Bool);
            case BinaryOperator.ContainsAll or BinaryOperator.ContainsAny:
                var (these, those) = (ExpectSet(binary.Left, left), ExpectSet(binary.Right, right));
                checker.Join(binary, these, those);
                return new(CedarType.Bool);
            default:
                CheckOrder(binary, left, right);
                return new(CedarType.Bool);
        }
    }

    internal Typed Check(UnaryExpression unary, Capabilities known)
    {
        var operand = checker.Check(unary.Operand, known);
        switch (unary.Operator)
        {
            case UnaryOperator.Not:
                checker.Expect(unary.Operand, operand, CedarType.Bool);
                return Not(operand);
            case UnaryOperator.Negate:
                checker.Expect(unary.Operand, operand, CedarType.Long);
                return new(CedarType.Long);
            default:
                ExpectSet(unary.Operand, operand);
                return new(CedarType.Bool);
        }
    }

    internal Typed Check(TypeTest test, Capabilities known)
    {
        var target = checker.Check(test.Target, known);
        if (ExpectEntity(test.Target, target) is not { } type) return new(CedarType.Bool);
        if (!type.Type.Equals(test.Type)) return Typed.Of(false);
        return test.Container is null ? Typed.Of(true) : CheckIn(test.Target, test.Container, target, checker.Check(test.Container, known));
    }

    internal Typed Check(LikeExpression like, Capabilities known)
    {
        checker.Expect(like.Target, checker.Check(like.Target, known), CedarType.String);
        return new(CedarType.Bool);
    }

    internal Typed CheckNumbers(IEnumerable<Expression> operands, Capabilities known)
    {
        foreach (var operand in operands) checker.Expect(operand, checker.Check(operand, known), CedarType.Long);
        return new(CedarType.Long);
    }

    internal Typed Check(ExtensionCall call, Capabilities known)
    {
        var function = call.Function;
        if (!function.IsKnown)
        {
            findings.Error(call.Span, $"there is no function {Quoting.Code(function.Name)}");
            return default;
        }

        var isComplete = call.Arguments.Length == function.Parameters.Length;
        if (!isComplete)
        {
            var given = call.Arguments.Length - (function.IsMethod ? 1 : 0);
            var wanted = function.Parameters.Length - (function.IsMethod ? 1 : 0);
            findings.Error(call.Span, $"{Quoting.Code(function.Name)} is given {Count(given)}", Count(wanted));
        }

        for (var i = 0; i < call.Arguments.Length; i++)
        {
            var argument = checker.Check(call.Arguments[i], known);
            if (i < function.Parameters.Length) checker.Expect(call.Arguments[i], argument, CedarType.Of(function.Parameters[i]));
        }

        if (isComplete && function.IsConstructor) CheckText(function, call.Arguments[0]);
        return new(CedarType.Of(function.Result));
    }

    private void CheckText(ExtensionFunction function, Expression argument)
    {
        if (argument is not Literal literal)
            findings.Error(argument.Span, $"{Quoting.Code(function.Name)} is given a text that is not written out", "a string in double quotes");
        else if (literal.Value.Kind == ValueKind.String && function.Apply(literal.Value).IsNone)
            findings.Error(argument.Span, function.Problem);
    }

    private Typed CheckEqual(BinaryExpression binary, Typed left, Typed right)
    {
        if (ConstantOf(binary.Left) is { } a && ConstantOf(binary.Right) is { } b) return Typed.Of(a == b);
        if (left.Type is CedarType.Entity one && right.Type is CedarType.Entity other && !one.Equals(other)) return Typed.Of(false);
        checker.Join(binary, left.Type, right.Type);
        return new(CedarType.Bool);
    }

    private CedarValue? ConstantOf(Expression expression) =>
        expression is Literal literal ? literal.Value : checker.NamedBy(expression) is { } uid ? CedarValue.Of(uid) : null;

    private Typed CheckIn(Expression left, Expression right, Typed leftTyped, Typed rightTyped)
    {
        var entity = ExpectEntity(left, leftTyped);
        var container = rightTyped.Type switch
        {
            CedarType.Entity one => one,
            CedarType.Set { Element: CedarType.Entity one } => one,
            _ => null,
        };
        if (container is null && rightTyped.Type is { } type)
            findings.Error(right.Span, $"this is {TypeText.Code(type)}", "an entity or a set of entities");
        if (entity is null || container is null) return new(CedarType.Bool);
        if (checker.NamedBy(left) is { } action && schema.Actions.ContainsKey(action) && NamesIn(right) is { } containers)
            return Typed.Of(containers.Any(uid => schema.ActionEntities.IsIn(action, uid)));
        return MayBeIn(entity.Type, container.Type) ? new(CedarType.Bool) : Typed.Of(false);
    }

    private EntityUid[]? NamesIn(Expression right)
    {
        if (checker.NamedBy(right) is { } only) return [only];
        if (right is not SetExpression set) return null;
        var names = set.Elements.Select(checker.NamedBy).OfType<EntityUid>().ToArray();
        return names.Length == set.Elements.Length ? names : null;
    }

    private bool MayBeIn(EntityType type, EntityType container)
    {
        if (type.Equals(container)) return true;
        if (schema.EntityTypes.TryGetValue(type, out var known)) return known.Containers.Contains(container);
        return schema.Actions.Values.Any(action => action.Uid.Type.Equals(type) && action.Groups.Any(group => group.Type.Equals(container)));
    }

    private void CheckOrder(BinaryExpression binary, Typed left, Typed right)
    {
        var isOrdered = left.Type is null or { Kind: ValueKind.Long or ValueKind.Datetime or ValueKind.Duration };
        if (!isOrdered && left.Type is { } type)
            findings.Error(binary.Left.Span, $"this is {TypeText.Code(type)}, which has no order", "`Long`, `datetime` or `duration`");
        else if (left.Type is not null)
            checker.Expect(binary.Right, right, left.Type);
        else if (right.Type is { Kind: not (ValueKind.Long or ValueKind.Datetime or ValueKind.Duration) } other)
            findings.Error(binary.Right.Span, $"this is {TypeText.Code(other)}, which has no order", "`Long`, `datetime` or `duration`");
    }

    private CedarType.Entity? ExpectEntity(Expression expression, Typed typed)
    {
        if (typed.Type is CedarType.Entity entity) return entity;
        if (typed.Type is not null) findings.Error(expression.Span, $"this is {TypeText.Code(typed.Type)}", "an entity");
        return null;
    }

    private CedarType.Set? ExpectSet(Expression expression, Typed typed)
    {
        if (typed.Type is CedarType.Set set) return set;
        if (typed.Type is not null) findings.Error(expression.Span, $"this is {TypeText.Code(typed.Type)}", "a set");
        return null;
    }

    private static Typed Not(Typed operand) => operand.IsTrue ? Typed.Of(false) : operand.IsFalse ? Typed.Of(true) : new(CedarType.Bool);

    private static string Count(int arguments) => arguments switch
    {
        0 => "no argument",
        1 => "one argument",
        _ => $"{arguments} arguments",
    };
}
