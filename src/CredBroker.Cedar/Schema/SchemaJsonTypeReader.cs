using System.Collections.Immutable;
using CredBroker.Cedar.Json;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Schema;

/// <summary>Types and annotations, from the JSON of a schema.</summary>
internal sealed class SchemaJsonTypeReader(ErrorList errors)
{
    private readonly JsonMembers _members = new(errors);
    private int _nesting;

    /// <summary>A type, whose object may have further members of these names; null after a complaint.</summary>
    internal TypeExpression? Read(JsonNode node, params string[] others)
    {
        if (_nesting == CedarLimits.MaxDepth) return _members.Fail<TypeExpression>(node, "this type nests too deep", $"{Expected.AtMost(CedarLimits.MaxDepth)} levels");
        _nesting++;
        var type = ReadByName(node, others);
        _nesting--;
        return type;
    }

    internal ImmutableArray<Annotation>? ReadAnnotations(JsonNode? node)
    {
        if (node is null) return [];
        if (node.Kind != JsonKind.Object) return _members.Fail<ImmutableArray<Annotation>?>(node, "these are no annotations", "an object");
        var annotations = ImmutableArray.CreateBuilder<Annotation>(node.Members.Count);
        foreach (var (name, span, value) in node.Members)
        {
            if (!Names.IsIdentifier(name) || value.Kind is not (JsonKind.String or JsonKind.Null))
            {
                errors.Add(span, $"{Quoting.Code(name)} is no annotation", "an identifier, with a string or null");
                return null;
            }

            annotations.Add(new(name, value.Kind == JsonKind.Null ? null : value.Text));
        }

        return annotations.DrainToImmutable();
    }

    private TypeExpression? ReadByName(JsonNode node, string[] others)
    {
        switch (node.FindText("type"))
        {
            case "Long" or "String":
                return _members.Check(node, ["type"], others) ? new TypeExpression.Named(NameKind.Primitive, node.FindText("type") ?? "", node.Span) : null;
            case "Bool" or "Boolean":
                return _members.Check(node, ["type"], others) ? new TypeExpression.Named(NameKind.Primitive, "Bool", node.Span) : null;
            case "Set":
                return _members.Check(node, ["type", "element"], others) && node.Find("element") is { } inner && Read(inner) is { } element
                    ? new TypeExpression.Set(element, node.Span)
                    : null;
            case "Record":
                return ReadRecord(node, others);
            case "Entity":
                return ReadNamed(node, NameKind.Entity, others);
            case "Extension":
                return ReadNamed(node, NameKind.Extension, others);
            case "EntityOrCommon":
                return ReadNamed(node, NameKind.Any, others);
            case { } name:
                return _members.Check(node, ["type"], others) && IsPath(node, name) ? new TypeExpression.Named(NameKind.Common, name, node.Span) : null;
            default:
                return _members.FailOnce<TypeExpression>(node, "this is no type", "an object with `type`");
        }
    }

    private TypeExpression.Named? ReadNamed(JsonNode node, NameKind kind, string[] others)
    {
        if (!_members.Check(node, ["type", "name"], others)) return null;
        var name = node.FindText("name");
        return name is not null && IsPath(node, name)
            ? new(kind, name, node.Span)
            : _members.FailOnce<TypeExpression.Named>(node, "this names no type", "a string for `name`");
    }

    private bool IsPath(JsonNode node, string name) => Names.IsPath(name.StartsWith(Names.Cedar + "::", StringComparison.Ordinal) ? name[(Names.Cedar.Length + 2)..] : name)
        || _members.Fail<bool>(node, $"{Quoting.Code(name)} is not the name of a type", "identifiers joined by `::`");

    private TypeExpression.Record? ReadRecord(JsonNode node, string[] others)
    {
        if (!_members.Check(node, ["type", "attributes"], ["additionalAttributes", .. others])) return null;
        if (node.Find("additionalAttributes") is { Kind: not JsonKind.False } more)
            return _members.Fail<TypeExpression.Record>(more, "records with further attributes are not supported", "`false`, or nothing");
        if (node.Find("attributes") is not { Kind: JsonKind.Object } list)
            return _members.Fail<TypeExpression.Record>(node, "these are no attributes", "an object of types by name");
        var attributes = ImmutableArray.CreateBuilder<AttributeDeclaration>(list.Members.Count);
        foreach (var (name, span, value) in list.Members)
        {
            if (ReadAnnotations(value.Find("annotations")) is not { } notes) return null;
            var required = value.Find("required");
            if (required is not (null or { Kind: JsonKind.True or JsonKind.False }))
                return _members.Fail<TypeExpression.Record>(required, $"this is {required.Description}", "`true` or `false`");
            if (Read(value, "required", "annotations") is not { } type) return null;
            attributes.Add(new(new(name, span), notes, required is not { Kind: JsonKind.False }, type));
        }

        return new(attributes.DrainToImmutable(), node.Span);
    }
}
