using System.Collections.Immutable;
using CredBroker.Cedar.Extensions;
using CredBroker.Cedar.Json;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Policies;

/// <summary>Expressions from JSON: an object with exactly one member, whose name says what the expression is.</summary>
internal sealed class ExpressionJsonReader
{
    private readonly JsonMembers _members;
    private readonly LiteralJsonReader _literals;
    private int _nesting;

    internal ExpressionJsonReader(ErrorList errors) => (_members, _literals) = (new(errors), new(errors));

    /// <summary>Null after a complaint.</summary>
    internal Expression? Read(JsonNode node)
    {
        if (_nesting == CedarLimits.MaxDepth) return TooDeep(node);
        _nesting++;
        var expression = node.Members is [var (name, _, content)] ? ReadNamed(node, name, content) : NotOne(node);
        _nesting--;
        return expression is null || expression.Depth <= CedarLimits.MaxDepth ? expression : TooDeep(node);
    }

    private Expression? TooDeep(JsonNode node) =>
        _members.Fail<Expression>(node, "this expression nests too deep", $"{Expected.AtMost(CedarLimits.MaxDepth)} levels");

    private Expression? NotOne(JsonNode node) =>
        _members.Fail<Expression>(node, "this is no expression", "an object with exactly one member, such as `{\"Var\": \"principal\"}`");

    private Expression? ReadNamed(JsonNode node, string name, JsonNode content)
    {
        switch (name)
        {
            case "Value":
                return _literals.Read(content);
            case "Var":
                return content.Kind == JsonKind.String && Calls.VariableOf(content.Text) is { } variable
                    ? new Variable(variable, node.Span)
                    : _members.Fail<Expression>(content, "this is no variable", "`principal`, `action`, `resource` or `context`");
            case "Slot":
                return _members.Fail<Expression>(node, "a slot has no place in a condition", "a slot in the scope only");
            case "&&" or "||" or "+" or "-" or "*":
                return ReadChain(node);
            case "!" or "neg" or "isEmpty":
                return ReadUnary(node, name, content);
            case "if-then-else":
                return ReadConditional(node, content);
            case "." or "has" or "like" or "is":
                return ReadQuestion(node, name, content);
            case "Set":
                return ReadAll(content) is { } elements ? new SetExpression(elements, node.Span) : null;
            case "Record":
                return ReadRecord(node, content);
            default:
                return ReadBinaryOrCall(node, name, content);
        }
    }

    private UnaryExpression? ReadUnary(JsonNode node, string name, JsonNode content)
    {
        if (!_members.Check(content, ["arg"]) || Child(content, "arg") is not { } operand) return null;
        var op = name switch
        {
            "!" => UnaryOperator.Not,
            "neg" => UnaryOperator.Negate,
            _ => UnaryOperator.IsEmpty,
        };
        return new(op, operand, node.Span);
    }

    private Expression? ReadBinaryOrCall(JsonNode node, string name, JsonNode content)
    {
        if (JsonOperators.BinaryOf(name) is { } op)
        {
            if (!_members.Check(content, ["left", "right"])) return null;
            return Child(content, "left") is { } left && Child(content, "right") is { } right ? new BinaryExpression(op, left, right, node.Span) : null;
        }

        if (ExtensionFunctions.Find(name) is { } function)
            return ReadAll(content) is { } arguments ? new ExtensionCall(function, arguments, node.Span) : null;
        return _members.Fail<Expression>(node, $"there is no expression {Quoting.Code(name)}", "`Value`, `Var`, an operator or a function");
    }

    private Conditional? ReadConditional(JsonNode node, JsonNode content)
    {
        if (!_members.Check(content, ["if", "then", "else"])) return null;
        return Child(content, "if") is { } test && Child(content, "then") is { } then && Child(content, "else") is { } otherwise
            ? new(test, then, otherwise, node.Span)
            : null;
    }

    private Expression? ReadQuestion(JsonNode node, string name, JsonNode content)
    {
        var isFine = name switch
        {
            "is" => _members.Check(content, ["left", "entity_type"], ["in"]),
            "like" => _members.Check(content, ["left", "pattern"]),
            "." => _members.Check(content, ["left", "attr"]),
            // The official reader passes over other members here, and here only.
            _ => content.Kind == JsonKind.Object || _members.Check(content, []),
        };
        if (!isFine || Child(content, "left") is not { } target) return null;
        return name switch
        {
            "." => content.FindText("attr") is { } attribute
                ? new AttributeAccess(target, attribute, node.Span)
                : _members.Fail<Expression>(content, "this is no attribute", "a string"),
            "has" => ReadPath(content) is { } path ? new AttributeTest(target, path, node.Span) : null,
            "like" => JsonOperators.PatternOf(content.Find("pattern")) is { } pattern
                ? new LikeExpression(target, pattern, node.Span)
                : _members.Fail<Expression>(content, "this is no pattern", "an array of `\"Wildcard\"` and `{\"Literal\": …}`"),
            _ => ReadIs(node, content, target),
        };
    }

    private TypeTest? ReadIs(JsonNode node, JsonNode content, Expression target)
    {
        if (_members.ReadType(content.Find("entity_type")) is not { } type) return null;
        if (content.Find("in") is null) return new(target, type.Type, null, node.Span, type.Span);
        return Child(content, "in") is { } container ? new(target, type.Type, container, node.Span, type.Span) : null;
    }

    private ImmutableArray<string>? ReadPath(JsonNode content)
    {
        if (content.FindText("attr") is { } only) return [only];
        if (content.Find("attr") is { Items: [_, ..] items } list && items.TrueForAll(item => item.Kind == JsonKind.String))
            return _members.Fits(list) ? [.. items.Select(item => item.Text)] : null;
        return _members.Fail<ImmutableArray<string>?>(content, "these are no attributes", "a string, or an array of one or more strings");
    }

    private RecordExpression? ReadRecord(JsonNode node, JsonNode content)
    {
        if (content.Kind != JsonKind.Object) return _members.Fail<RecordExpression>(content, $"this is {content.Description}", "an object");
        if (!_members.Fits(content)) return null;
        var fields = ImmutableArray.CreateBuilder<RecordField>(content.Members.Count);
        foreach (var (name, _, value) in content.Members)
        {
            if (Read(value) is not { } entry) return null;
            fields.Add(new(name, entry));
        }

        return new(fields.DrainToImmutable(), node.Span);
    }

    /// <summary>Goes down a chain, which JSON nests to the left, without recursion, and puts its operands together from there.</summary>
    private Expression? ReadChain(JsonNode node)
    {
        var links = new Stack<(string Sign, JsonNode Right)>();
        var first = node;
        while (first.Members is [var (sign, _, content)] && JsonOperators.IsChain(sign))
        {
            if (!_members.Check(content, ["left", "right"])) return null;
            links.Push((sign, content.Find("right") ?? content));
            first = content.Find("left") ?? content;
        }

        if (Read(first) is not { } start) return null;
        var chain = new ChainBuilder(start, node.Span);
        foreach (var (sign, rightNode) in links)
        {
            if (Read(rightNode) is not { } right) return null;
            if (!chain.TryAdd(sign, right)) return _members.Fail<Expression>(node, "too many operands", Expected.AtMost(CedarLimits.MaxElements));
            if (chain.Depth > CedarLimits.MaxDepth) return TooDeep(node);
        }

        return chain.Build();
    }

    private ImmutableArray<Expression>? ReadAll(JsonNode content)
    {
        if (content.Kind != JsonKind.Array) return _members.Fail<ImmutableArray<Expression>?>(content, $"this is {content.Description}", "an array");
        if (!_members.Fits(content)) return null;
        var all = ImmutableArray.CreateBuilder<Expression>(content.Items.Count);
        foreach (var item in content.Items)
        {
            if (Read(item) is not { } expression) return null;
            all.Add(expression);
        }

        return all.DrainToImmutable();
    }

    private Expression? Child(JsonNode content, string name) => content.Find(name) is { } child ? Read(child) : NotOne(content);
}
