using CredBroker.Cedar.Extensions;
using CredBroker.Cedar.Json;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Entities;

/// <summary>Values from JSON, with the escapes for what JSON has no form for: <c>__entity</c> and <c>__extn</c>.</summary>
internal sealed class ValueReader(ErrorList errors)
{
    private int _nesting;

    /// <summary>The value; <c>default</c> after a complaint.</summary>
    internal CedarValue Read(JsonNode node, ValueShape? shape)
    {
        if (_nesting == CedarLimits.MaxDepth) return Fail(node, "this value nests too deep", $"{Expected.AtMost(CedarLimits.MaxDepth)} levels");
        _nesting++;
        var value = ReadByKind(node, shape);
        _nesting--;
        return value;
    }

    /// <summary>An object as a record, whatever its members are; null after a complaint.</summary>
    internal CedarRecord? ReadRecord(JsonNode node, Func<string, ValueShape?>? shapes)
    {
        if (node.Kind != JsonKind.Object)
        {
            Fail(node, $"this is {node.Description}", "an object");
            return null;
        }

        if (!Fits(node, node.Members.Count)) return null;
        var entries = new KeyValuePair<string, CedarValue>[node.Members.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            var member = node.Members[i];
            var value = Read(member.Value, shapes?.Invoke(member.Name));
            if (value.IsNone) return null;
            entries[i] = new(member.Name, value);
        }

        return CedarRecord.Of(entries);
    }

    /// <summary>The name of an entity, in either of its two forms, whatever other members are there; null after a complaint.</summary>
    internal EntityUid? ReadUid(JsonNode node)
    {
        if (Escape.OfEntity(node) is { Kind: EscapeKind.Entity } name) return ReadUid(name.Content, name.Name, name.Id);
        Fail(node, "this does not name an entity", "`{\"type\": …, \"id\": …}`");
        return null;
    }

    private EntityUid? ReadUid(JsonNode node, string typeName, string id)
    {
        if (EntityType.TryParse(typeName, out var type)) return new(type, id);
        Fail(node, $"{Quoting.Code(typeName)} is not the name of a type", "identifiers joined by `::`");
        return null;
    }

    private CedarValue ReadByKind(JsonNode node, ValueShape? shape)
    {
        if (shape is ValueShape.Extension due && node.Kind != JsonKind.String && Escape.OfCall(node) is null)
            return Fail(node, $"this is {node.Description}", $"a text for {Quoting.Code(due.Constructor.Name)}, or a call");
        switch (node.Kind)
        {
            case JsonKind.True:
                return CedarValue.True;
            case JsonKind.False:
                return CedarValue.False;
            case JsonKind.Number:
                return node.TryGetLong(out var number)
                    ? CedarValue.Of(number)
                    : Fail(node, $"Cedar has no number {Quoting.Code(node.Text)}", "a whole number of 64 bits, without fraction and exponent");
            case JsonKind.String:
                return shape is ValueShape.Extension implied
                    ? Call(node, implied.Constructor, [CedarValue.Of(node.Text)])
                    : CedarValue.Of(node.Text);
            case JsonKind.Array:
                return ReadSet(node, (shape as ValueShape.Set)?.Element);
            case JsonKind.Object:
                return ReadObject(node, shape);
            default:
                return Fail(node, "Cedar has no null", "a value, or nothing at all");
        }
    }

    private CedarValue ReadSet(JsonNode node, ValueShape? element)
    {
        if (!Fits(node, node.Items.Count)) return default;
        var elements = new CedarValue[node.Items.Count];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = Read(node.Items[i], element);
            if (elements[i].IsNone) return default;
        }

        return CedarValue.Of(CedarSet.Of(elements));
    }

    private CedarValue ReadObject(JsonNode node, ValueShape? shape)
    {
        if (shape is ValueShape.Record record) return ReadRecord(node, record.Find) is { } fields ? CedarValue.Of(fields) : default;
        var escape = shape switch
        {
            ValueShape.Entity => Escape.OfEntity(node),
            ValueShape.Extension => Escape.OfCall(node),
            _ => Escape.Of(node),
        };
        if (escape is not null)
        {
            if (escape.FindForeignNumber(isDue: shape is ValueShape.Entity or ValueShape.Extension) is { } number) return Read(number, null);
            return escape.Kind switch
            {
                EscapeKind.Entity => Wrap(ReadUid(escape.Content, escape.Name, escape.Id)),
                EscapeKind.Extension => ReadCall(escape, shape),
                _ => Fail(node, "the escape `__expr` is not supported", "`__entity` or `__extn`"),
            };
        }

        return ReadRecord(node, null) is { } read ? CedarValue.Of(read) : default;
    }

    private static CedarValue Wrap(EntityUid? uid) => uid is null ? default : CedarValue.Of(uid);

    /// <summary>Where an extension's value is due, the function's arguments need no escapes either.</summary>
    private CedarValue ReadCall(Escape escape, ValueShape? shape)
    {
        if (ExtensionFunctions.Find(escape.Name) is not { } function)
            return Fail(escape.Content, $"there is no function {Quoting.Code(escape.Name)}", Expected.OneOf([.. ExtensionFunctions.All.Select(known => known.Name)]));
        var arguments = new CedarValue[escape.Arguments.Count];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = Read(escape.Arguments[i], shape is ValueShape.Extension && i < function.Parameters.Length ? ValueShape.OfKind(function.Parameters[i]) : null);
            if (arguments[i].IsNone) return default;
        }

        return Call(escape.Content, function, arguments);
    }

    private CedarValue Call(JsonNode node, ExtensionFunction function, CedarValue[] arguments)
    {
        if (!arguments.Select(argument => argument.Kind).SequenceEqual(function.Parameters))
            return Fail(node, $"these are no arguments for {Quoting.Code(function.Name)}", string.Join(" and ", function.Parameters.Select(kind => kind.Describe())));
        var value = function.Apply(arguments[0], arguments.ElementAtOrDefault(1));
        return value.IsNone ? Fail(node, function.Problem) : value;
    }

    private bool Fits(JsonNode node, int count)
    {
        if (count <= CedarLimits.MaxElements) return true;
        Fail(node, "too many elements", Expected.AtMost(CedarLimits.MaxElements));
        return false;
    }

    private CedarValue Fail(JsonNode node, string problem, string? expected = null)
    {
        errors.Add(node.Span, problem, expected);
        return default;
    }
}
