using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using CredBroker.Cedar.Json;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Entities;

/// <summary>The context of a request, and other single values, from JSON.</summary>
public static class ContextReader
{
    /// <summary>Reads a context: an object, whose values have the same forms as the attributes of entities.</summary>
    public static bool TryParse(SourceText json, [NotNullWhen(true)] out CedarRecord? context, out ImmutableArray<CedarError> errors) =>
        TryParse(json, null, out context, out errors);

    /// <summary>Reads the name of an entity: <c>{"type", "id"}</c>, or the same in <c>__entity</c>.</summary>
    public static bool TryParseUid(SourceText json, [NotNullWhen(true)] out EntityUid? uid, out ImmutableArray<CedarError> errors)
    {
        ArgumentNullException.ThrowIfNull(json);
        var list = new ErrorList(json);
        uid = JsonReader.Read(list) is { } root ? new ValueReader(list).ReadUid(root) : null;
        errors = list.ToArray();
        return uid is not null;
    }

    internal static bool TryParse(
        SourceText json, Func<string, ValueShape?>? shapes, [NotNullWhen(true)] out CedarRecord? context, out ImmutableArray<CedarError> errors)
    {
        ArgumentNullException.ThrowIfNull(json);
        var list = new ErrorList(json);
        context = JsonReader.Read(list) is { } root ? Read(root, list, shapes) : null;
        errors = list.ToArray();
        return context is not null;
    }

    private static CedarRecord? Read(JsonNode root, ErrorList errors, Func<string, ValueShape?>? shapes)
    {
        var value = new ValueReader(errors).Read(root, shapes is null ? null : new ValueShape.Record(shapes));
        if (value.TryGet(out CedarRecord? record)) return record;
        if (!value.IsNone) errors.Add(root.Span, $"this is {value.Kind.Describe()}", "a record");
        return null;
    }
}
