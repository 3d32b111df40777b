using System.Collections.Immutable;
using System.Text.Json;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Schema;

/// <summary>Declarations as JSON, sorted by name: always the same for schemas that declare the same.</summary>
internal sealed class SchemaJsonWriter(Utf8JsonWriter json)
{
    internal void Write(SchemaDocument document)
    {
        json.WriteStartObject();
        foreach (var part in document.Namespaces.OrderBy(part => part.Name, StringComparer.Ordinal))
        {
            json.WriteStartObject(part.Name);
            if (part.Types.Count > 0) WriteAll("commonTypes", part.Types, type => type.Name, type => WriteType(type.Type, () => WriteAnnotations(type.Annotations)));
            WriteAll("entityTypes", part.Entities, entity => entity.Name, WriteEntity);
            WriteAll("actions", part.Actions, action => action.Name, WriteAction);
            WriteAnnotations(part.Annotations);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteAll<T>(string section, List<T> declarations, Func<T, NameReference> name, Action<T> write)
    {
        json.WriteStartObject(section);
        foreach (var declaration in declarations.OrderBy(declaration => name(declaration).Name, StringComparer.Ordinal))
        {
            json.WritePropertyName(name(declaration).Name);
            write(declaration);
        }

        json.WriteEndObject();
    }

    private void WriteEntity(EntityDeclaration entity)
    {
        json.WriteStartObject();
        if (entity.Ids is { } ids)
        {
            json.WriteStartArray("enum");
            foreach (var id in ids) json.WriteStringValue(id);
            json.WriteEndArray();
        }

        if (!entity.Parents.IsEmpty) WriteNames("memberOfTypes", entity.Parents);
        if (entity.Shape is not (null or TypeExpression.Record { Attributes: [] })) WriteType("shape", entity.Shape);
        if (entity.Tags is not null) WriteType("tags", entity.Tags);
        WriteAnnotations(entity.Annotations);
        json.WriteEndObject();
    }

    private void WriteAction(ActionDeclaration action)
    {
        json.WriteStartObject();
        json.WriteStartObject("appliesTo");
        WriteNames("principalTypes", action.AppliesTo?.Principals ?? []);
        WriteNames("resourceTypes", action.AppliesTo?.Resources ?? []);
        if (action.AppliesTo?.Context is { } context and not TypeExpression.Record { Attributes: [] }) WriteType("context", context);
        json.WriteEndObject();
        if (!action.Parents.IsEmpty)
        {
            json.WriteStartArray("memberOf");
            foreach (var (type, id, _) in action.Parents)
            {
                json.WriteStartObject();
                json.WriteString("id", id);
                if (type is not null) json.WriteString("type", type);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        WriteAnnotations(action.Annotations);
        json.WriteEndObject();
    }

    private void WriteNames(string member, ImmutableArray<NameReference> names)
    {
        json.WriteStartArray(member);
        foreach (var name in names) json.WriteStringValue(name.Name);
        json.WriteEndArray();
    }

    private void WriteType(string member, TypeExpression type)
    {
        json.WritePropertyName(member);
        WriteType(type, null);
    }

    private void WriteType(TypeExpression type, Action? more)
    {
        json.WriteStartObject();
        switch (type)
        {
            case TypeExpression.Set set:
                json.WriteString("type", "Set");
                WriteType("element", set.Element);
                break;
            case TypeExpression.Record record:
                json.WriteString("type", "Record");
                WriteAttributes(record);
                break;
            case TypeExpression.Named { Kind: NameKind.Any or NameKind.Entity or NameKind.Extension } named:
                json.WriteString("type", named.Kind == NameKind.Any ? "EntityOrCommon" : named.Kind.ToString());
                json.WriteString("name", named.Name);
                break;
            case TypeExpression.Named named:
                json.WriteString("type", named.Name);
                break;
        }

        more?.Invoke();
        json.WriteEndObject();
    }

    private void WriteAttributes(TypeExpression.Record record)
    {
        json.WriteStartObject("attributes");
        // Of two attributes with one name the last counts.
        var last = new SortedDictionary<string, AttributeDeclaration>(StringComparer.Ordinal);
        foreach (var attribute in record.Attributes) last[attribute.Name.Name] = attribute;
        foreach (var (name, attribute) in last)
        {
            json.WritePropertyName(name);
            WriteType(attribute.Type, () =>
            {
                WriteAnnotations(attribute.Annotations);
                if (!attribute.IsRequired) json.WriteBoolean("required", false);
            });
        }

        json.WriteEndObject();
    }

    private void WriteAnnotations(ImmutableArray<Annotation> annotations)
    {
        if (annotations.IsEmpty) return;
        json.WriteStartObject("annotations");
        foreach (var (name, value) in annotations.OrderBy(annotation => annotation.Name, StringComparer.Ordinal))
            json.WriteString(name, value ?? "");
        json.WriteEndObject();
    }
}
