using System.Collections.Immutable;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Extensions;
using CredBroker.Cedar.Json;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Policies;

/// <summary>
/// The content of <c>{"Value": …}</c>: as in entities, but as an expression, since an extension value in it may be one that fails only when
/// the policy is evaluated.
/// </summary>
internal sealed class LiteralJsonReader(ErrorList errors)
{
    private readonly JsonMembers _members = new(errors);
    private int _nesting;

    /// <summary>Null after a complaint.</summary>
    internal Expression? Read(JsonNode node)
    {
        if (_nesting == CedarLimits.MaxDepth) return Fail(node, "this value nests too deep", $"{Expected.AtMost(CedarLimits.MaxDepth)} levels");
        _nesting++;
        var expression = ReadByKind(node);
        _nesting--;
        return expression;
    }

    private Expression? ReadByKind(JsonNode node)
    {
        if (!_members.Fits(node)) return null;
        switch (node.Kind)
        {
            case JsonKind.True or JsonKind.False:
                return new Literal(CedarValue.Of(node.Kind == JsonKind.True), node.Span);
            case JsonKind.String:
                return new Literal(CedarValue.Of(node.Text), node.Span);
            case JsonKind.Number:
                return node.TryGetLong(out var number)
                    ? new Literal(CedarValue.Of(number), node.Span)
                    : Fail(node, $"Cedar has no number {Quoting.Code(node.Text)}", "a whole number of 64 bits, without fraction and exponent");
            case JsonKind.Array:
                return ReadAll(node.Items) is { } elements ? new SetExpression(elements, node.Span) : null;
            case JsonKind.Object:
                return Escape.Of(node) is { } escape ? ReadEscape(node, escape) : ReadRecord(node);
            default:
                return Fail(node, "Cedar has no null", "a value");
        }
    }

    private Expression? ReadEscape(JsonNode node, Escape escape)
    {
        if (escape.FindForeignNumber(isDue: false) is { } number) return Read(number);
        switch (escape.Kind)
        {
            case EscapeKind.Entity:
                return EntityType.TryParse(escape.Name, out var type)
                    ? new Literal(CedarValue.Of(new EntityUid(type, escape.Id)), node.Span)
                    : Fail(escape.Content, $"{Quoting.Code(escape.Name)} is not the name of a type", "identifiers joined by `::`");
            case EscapeKind.Extension when !Names.IsPath(escape.Name):
                return Fail(escape.Content, $"{Quoting.Code(escape.Name)} is not the name of a function", "the name of an extension function");
            case EscapeKind.Extension:
                var function = ExtensionFunctions.Find(escape.Name) ?? ExtensionFunction.Unknown(escape.Name);
                return _members.Fits(escape.Content.Find("args") ?? escape.Content) && ReadAll(escape.Arguments) is { } arguments
                    ? new ExtensionCall(function, arguments, node.Span)
                    : null;
            default:
                return Fail(node, "the escape `__expr` is not supported", "`__entity` or `__extn`");
        }
    }

    private RecordExpression? ReadRecord(JsonNode node)
    {
        if (ReadAll([.. node.Members.Select(member => member.Value)]) is not { } values) return null;
        return new([.. node.Members.Zip(values, (member, value) => new RecordField(member.Name, value))], node.Span);
    }

    private ImmutableArray<Expression>? ReadAll(IReadOnlyList<JsonNode> nodes)
    {
        var all = ImmutableArray.CreateBuilder<Expression>(nodes.Count);
        foreach (var node in nodes)
        {
            if (Read(node) is not { } expression) return null;
            all.Add(expression);
        }

        return all.DrainToImmutable();
    }

    private Expression? Fail(JsonNode node, string problem, string expected)
    {
        errors.Add(node.Span, problem, expected);
        return null;
    }
}
