using System.Collections.Immutable;
using CredBroker.Cedar.Json;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Schema;

/// <summary>Namespaces and declarations, from JSON: <c>{namespace: {"entityTypes", "actions", "commonTypes"}}</c>.</summary>
internal sealed class SchemaJsonReader(ErrorList errors)
{
    private readonly JsonMembers _members = new(errors);
    private readonly SchemaJsonTypeReader _types = new(errors);

    /// <summary>What a text declares; null after a complaint.</summary>
    internal static SchemaDocument? Read(ErrorList errors) =>
        JsonReader.Read(errors) is { } root ? new SchemaJsonReader(errors).ReadAll(root) : null;

    private SchemaDocument? ReadAll(JsonNode root)
    {
        if (root.Kind != JsonKind.Object) return _members.Fail<SchemaDocument>(root, $"this is {root.Description}", "an object of namespaces");
        var namespaces = ImmutableArray.CreateBuilder<SchemaNamespace>(root.Members.Count);
        foreach (var member in root.Members)
        {
            if (errors.IsFull) break;
            if (ReadNamespace(member) is { } read) namespaces.Add(read);
        }

        return errors.Count > 0 ? null : new(namespaces.ToImmutable());
    }

    private SchemaNamespace? ReadNamespace(JsonMember member)
    {
        var (name, span, node) = member;
        if (name.Length > 0 && !Names.IsPath(name))
        {
            errors.Add(span, $"{Quoting.Code(name)} is not the name of a namespace", "identifiers joined by `::`, or nothing");
            return null;
        }

        if (!_members.Check(node, ["entityTypes", "actions"], ["commonTypes", "annotations"])) return null;
        var notes = node.Find("annotations");
        if (name.Length == 0 && notes is { Members: not [] })
            return _members.Fail<SchemaNamespace>(notes, "what is in no namespace cannot have annotations", "none");
        if (_types.ReadAnnotations(notes) is not { } annotations) return null;
        var into = new SchemaNamespace(name, annotations);
        ForEach(node, "commonTypes", ReadType, into.Types);
        ForEach(node, "entityTypes", ReadEntity, into.Entities);
        ForEach(node, "actions", ReadAction, into.Actions);
        return into;
    }

    private void ForEach<T>(JsonNode node, string section, Func<JsonMember, T?> read, List<T> into)
        where T : class
    {
        if (node.Find(section) is not { } declarations) return;
        if (declarations.Kind != JsonKind.Object) _members.Fail<T>(declarations, $"this is {declarations.Description}", "an object of declarations by name");
        foreach (var member in declarations.Members)
        {
            if (errors.IsFull) return;
            if (read(member) is { } declaration) into.Add(declaration);
        }
    }

    private TypeDeclaration? ReadType(JsonMember member)
    {
        if (!IsName(member) || _types.ReadAnnotations(member.Value.Find("annotations")) is not { } annotations) return null;
        return _types.Read(member.Value, "annotations") is { } type ? new(NameOf(member), annotations, type) : null;
    }

    private EntityDeclaration? ReadEntity(JsonMember member)
    {
        var node = member.Value;
        if (!IsName(member)) return null;
        if (node.Find("enum") is { } list)
        {
            if (!_members.Check(node, ["enum"], ["annotations"]) || _types.ReadAnnotations(node.Find("annotations")) is not { } notes) return null;
            return ReadIds(list) is { } ids ? new(NameOf(member), notes, [], null, null, ids) : null;
        }

        if (!_members.Check(node, [], ["memberOfTypes", "shape", "tags", "annotations"])) return null;
        if (_types.ReadAnnotations(node.Find("annotations")) is not { } annotations || ReadNames(node.Find("memberOfTypes")) is not { } parents) return null;
        if (!TryReadType(node, "shape", out var shape) || !TryReadType(node, "tags", out var tags)) return null;
        return new(NameOf(member), annotations, parents, shape, tags, null);
    }

    private bool TryReadType(JsonNode node, string name, out TypeExpression? type)
    {
        var found = node.Find(name);
        type = found is null ? null : _types.Read(found);
        return found is null || type is not null;
    }

    private ImmutableArray<string>? ReadIds(JsonNode node)
    {
        if (node is not { Kind: JsonKind.Array, Items: not [] } || node.Items.Exists(item => item.Kind != JsonKind.String))
            return _members.Fail<ImmutableArray<string>?>(node, "these are no ids", "an array of one or more strings");
        return [.. node.Items.Select(item => item.Text)];
    }

    private ImmutableArray<NameReference>? ReadNames(JsonNode? node)
    {
        if (node is null) return [];
        if (node.Kind != JsonKind.Array) return _members.Fail<ImmutableArray<NameReference>?>(node, $"this is {node.Description}", "an array of names of entity types");
        var names = ImmutableArray.CreateBuilder<NameReference>(node.Items.Count);
        foreach (var item in node.Items)
        {
            if (_members.ReadType(item) is not { } type) return null;
            names.Add(new(type.Type.Name, item.Span));
        }

        return names.DrainToImmutable();
    }

    private ActionDeclaration? ReadAction(JsonMember member)
    {
        var node = member.Value;
        if (!_members.Check(node, [], ["memberOf", "appliesTo", "attributes", "annotations"])) return null;
        if (node.Find("attributes") is { Kind: not JsonKind.Null } attributes)
            return _members.Fail<ActionDeclaration>(attributes, "actions have no attributes", "no `attributes`");
        if (_types.ReadAnnotations(node.Find("annotations")) is not { } annotations || ReadParents(node.Find("memberOf")) is not { } parents) return null;
        var applies = node.Find("appliesTo");
        if (applies is null or { Kind: JsonKind.Null }) return new(NameOf(member), annotations, parents, null);
        if (!_members.Check(applies, ["principalTypes", "resourceTypes"], ["context"])) return null;
        if (ReadNames(applies.Find("principalTypes")) is not { } principals || ReadNames(applies.Find("resourceTypes")) is not { } resources) return null;
        return TryReadType(applies, "context", out var context) ? new(NameOf(member), annotations, parents, new(principals, resources, context)) : null;
    }

    private ImmutableArray<ActionReference>? ReadParents(JsonNode? node)
    {
        if (node is null or { Kind: JsonKind.Null }) return [];
        if (node.Kind != JsonKind.Array) return _members.Fail<ImmutableArray<ActionReference>?>(node, $"this is {node.Description}", "an array of `{\"id\": …, \"type\": …}`");
        var parents = ImmutableArray.CreateBuilder<ActionReference>(node.Items.Count);
        foreach (var item in node.Items)
        {
            if (!_members.Check(item, ["id"], ["type"])) return null;
            var type = item.Find("type");
            if (item.FindText("id") is not { } id || (type is not null and not { Kind: JsonKind.Null } && !Names.IsPath(type.Text)))
                return _members.Fail<ImmutableArray<ActionReference>?>(item, "this names no action", "a string for `id`, and the name of a type for `type`");
            parents.Add(new(type is { Kind: JsonKind.String } ? type.Text : null, id, item.Span));
        }

        return parents.DrainToImmutable();
    }

    private bool IsName(JsonMember member)
    {
        if (Names.IsPlain(member.Name)) return true;
        errors.Add(member.NameSpan, $"{Quoting.Code(member.Name)} is not a name", "an identifier that is no reserved word");
        return false;
    }

    private static NameReference NameOf(JsonMember member) => new(member.Name, member.NameSpan);
}
