using System.Collections.Immutable;
using System.Diagnostics;
using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Evaluation;

/// <summary>Makes expressions ready to be evaluated. What does not depend on the request is evaluated here, unless it fails: that waits.</summary>
internal static class Compiler
{
    private static readonly EntityUid s_nobody = EntityUid.Of("Nobody", "");
    private static readonly CedarRequest s_noRequest = new(s_nobody, s_nobody, s_nobody);

    /// <summary>The conditions of a policy as one; null when there are none.</summary>
    internal static Code? Compile(ImmutableArray<Condition> conditions)
    {
        if (conditions.IsEmpty) return null;
        var clauses = conditions.Select(condition =>
        {
            var body = Compile(condition.Body);
            return condition.IsUnless ? new Not(body, condition.Body.Span) : body;
        });
        return new All([.. clauses], conditions[0].Body.Span);
    }

    internal static Code Compile(Expression expression) => expression switch
    {
        Literal literal => new Constant(literal.Value, literal.Span),
        Variable variable => new RequestPart(variable.Name, variable.Span),
        AndExpression and => new All(Compile(and.Operands), and.Span),
        OrExpression or => new Any(Compile(or.Operands), or.Span),
        ProductExpression product => new Product(Compile(product.Operands), product.Span),
        SumExpression sum => new Sum(Compile(sum.First), [.. sum.Terms.Select(term => (term.IsSubtracted, Compile(term.Operand)))], sum.Span),
        Conditional choice => new Choice(Compile(choice.Test), Compile(choice.Then), Compile(choice.Otherwise), choice.Span),
        UnaryExpression unary => Compile(unary, Compile(unary.Operand)),
        BinaryExpression binary => Compile(binary, Compile(binary.Left), Compile(binary.Right)),
        AttributeAccess access => new Attribute(Compile(access.Target), access.Name, access.Span),
        AttributeTest test => new Has(Compile(test.Target), [.. test.Path], test.Span),
        LikeExpression like => new Like(Compile(like.Target), like.Pattern, like.Span),
        TypeTest test => new IsOfType(Compile(test.Target), test.Type, test.Container is null ? null : Compile(test.Container), test.Span),
        SetExpression set => Folded(Compile(set.Elements), elements => new SetOf(elements, set.Span)),
        RecordExpression record => Folded([.. record.Fields.Select(field => Compile(field.Value))], values => RecordOf(record, values)),
        ExtensionCall call => Folded(Compile(call.Arguments), arguments => new Call(call.Function, arguments, call.Span)),
        _ => throw new UnreachableException(),
    };

    private static Code[] Compile(ImmutableArray<Expression> expressions) => [.. expressions.Select(Compile)];

    private static Code Compile(UnaryExpression unary, Code operand) => unary.Operator switch
    {
        UnaryOperator.Not => new Not(operand, unary.Span),
        UnaryOperator.Negate => new Negation(operand, unary.Span),
        _ => new Emptiness(operand, unary.Span),
    };

    private static Code Compile(BinaryExpression binary, Code left, Code right) => binary.Operator switch
    {
        BinaryOperator.Equal => new Equality(left, right, isNegated: false, binary.Span),
        BinaryOperator.NotEqual => new Equality(left, right, isNegated: true, binary.Span),
        BinaryOperator.In => new In(left, right, binary.Span),
        BinaryOperator.Contains => new Contains(left, right, binary.Span),
        BinaryOperator.ContainsAll or BinaryOperator.ContainsAny => new ContainsOf(left, right, binary.Operator, binary.Span),
        BinaryOperator.GetTag => new Tag(left, right, binary.Span),
        BinaryOperator.HasTag => new HasTag(left, right, binary.Span),
        _ => new Order(left, right, binary.Operator, binary.Span),
    };

    private static RecordOf RecordOf(RecordExpression record, Code[] values) =>
        new([.. record.Fields.Zip(values, (field, value) => new KeyValuePair<string, Code>(field.Name, value))], record.Span);

    private static Code Folded(Code[] parts, Func<Code[], Code> make)
    {
        var code = make(parts);
        if (!Array.TrueForAll(parts, part => part is Constant)) return code;
        var frame = new Frame(s_noRequest, EntityStore.Empty);
        var value = code.Evaluate(ref frame);
        return value.IsNone ? code : new Constant(value, code.Span);
    }
}
