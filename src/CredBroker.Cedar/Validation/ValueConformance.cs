using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Validation;

/// <summary>Whether values are what a schema says. Recursion is bounded by the nesting of the value.</summary>
/// <param name="schema">What they are held against.</param>
/// <param name="isLoose">
/// True for what was read by the schema and is not validated: a truth value, a number, a string or an entity may stand where another of these
/// is due, and whatever a call gives for an extension's value.
/// </param>
internal sealed class ValueConformance(CedarSchema schema, bool isLoose = false)
{
    /// <summary>What is wrong with a value, which messages call <paramref name="what"/>; null when it fits.</summary>
    internal string? ProblemWith(CedarValue value, CedarType type, string what)
    {
        switch (type)
        {
            case CedarType.Entity when isLoose && value.Kind == ValueKind.Entity:
                return null;
            case CedarType.Entity expected when value.TryGet(out EntityUid? uid):
                if (!uid.Type.Equals(expected.Type)) return $"{what} is {Quoting.Code(uid.ToString())}, not a {TypeText.Code(type)}";
                return ProblemWith(uid) is { } problem ? $"{what}: {problem}" : null;
            case CedarType.Set expected when value.TryGet(out CedarSet? set):
                return set.Elements.Select(element => ProblemWith(element, expected.Element, $"an element of {what}")).FirstOrDefault(problem => problem is not null);
            case CedarType.Record expected when value.TryGet(out CedarRecord? record):
                return ProblemWith(record, expected, $"of {what} ");
            case CedarType.Simple when isLoose:
                return null;
            default:
                return value.Kind == type.Kind ? null : $"{what} is {value.Kind.Describe()}, not a {TypeText.Code(type)}";
        }
    }

    /// <summary>What is wrong with a record: attributes that are missing, that there should not be, or that have another type.</summary>
    internal string? ProblemWith(CedarRecord record, CedarType.Record type, string of = "")
    {
        foreach (var (name, attribute, isRequired) in type.Attributes)
        {
            if (record.TryGet(name, out var value))
            {
                if (ProblemWith(value, attribute, $"the attribute {Quoting.Code(name)} {of}".TrimEnd()) is { } problem) return problem;
            }
            else if (isRequired)
                return $"the attribute {Quoting.Code(name)} {of}is missing";
        }

        foreach (var (name, _) in record.Entries)
            if (type.Find(name) is null) return $"there is no attribute {Quoting.Code(name)} {of}in the schema";
        return null;
    }

    /// <summary>What is wrong with the name of an entity, wherever it stands: a type or an id that there is not.</summary>
    internal string? ProblemWith(EntityUid uid)
    {
        if (uid.Type.IsAction) return schema.Actions.ContainsKey(uid) ? null : $"the schema has no action {Quoting.Code(uid.ToString())}";
        if (!schema.EntityTypes.TryGetValue(uid.Type, out var type)) return $"the schema has no entity type {Quoting.Code(uid.Type.Name)}";
        return type.HasId(uid.Id) ? null : $"there is no {Quoting.Code(uid.ToString())}";
    }
}
