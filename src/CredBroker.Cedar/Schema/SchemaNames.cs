using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Schema;

/// <summary>What a name in a schema stands for.</summary>
internal enum NameMeaning
{
    Nothing,
    Entity,
    Common,
    BuiltIn,
}

/// <summary>All names that a schema declares, by their whole paths; refuses those that are there twice or hide each other.</summary>
internal sealed class SchemaNames
{
    private static readonly string[] s_reserved = ["Bool", "Boolean", "Entity", "Extension", "Long", "Record", "Set", "String"];

    private readonly Dictionary<string, (SchemaNamespace In, EntityDeclaration Entity)> _entities = [];
    private readonly Dictionary<string, (SchemaNamespace In, TypeDeclaration Type)> _types = [];
    private readonly HashSet<string> _actionTypes;
    private readonly ErrorList _errors;

    internal SchemaNames(SchemaDocument document, ErrorList errors)
    {
        _errors = errors;
        _actionTypes = [.. document.Namespaces.Where(part => part.Actions.Count > 0).Select(part => part.PathOf("Action"))];
        foreach (var part in document.Namespaces)
        {
            foreach (var entity in part.Entities) Declare(part, entity);
            foreach (var type in part.Types) Declare(part, type);
        }

        foreach (var part in document.Namespaces.Where(part => part.Name.Length > 0))
            foreach (var name in part.Entities.Select(entity => entity.Name).Concat(part.Types.Select(type => type.Name)))
                if (_entities.ContainsKey(name.Name) || _types.ContainsKey(name.Name))
                    errors.Add(name.Span, $"{Quoting.Code(part.PathOf(name.Name))} would hide {Quoting.Code(name.Name)}, which is in no namespace", "another name");
    }

    internal IReadOnlyDictionary<string, (SchemaNamespace In, EntityDeclaration Entity)> Entities => _entities;

    internal IReadOnlyDictionary<string, (SchemaNamespace In, TypeDeclaration Type)> Types => _types;

    /// <summary>What a name means in a namespace, and its whole path: first what is declared there, then what is in no namespace, then the language's own.</summary>
    internal (NameMeaning Meaning, string Path) Find(SchemaNamespace from, string name, NameKind kind)
    {
        if (kind is NameKind.Primitive or NameKind.Extension) return (NameMeaning.BuiltIn, name);
        const string own = Names.Cedar + "::";
        if (kind != NameKind.Entity && name.StartsWith(own, StringComparison.Ordinal)) return (NameMeaning.BuiltIn, name[own.Length..]);
        if (!name.Contains(':', StringComparison.Ordinal) && from.Name.Length > 0 && Declared(from.PathOf(name), kind) is { } inside) return (inside, from.PathOf(name));
        return Declared(name, kind) is { } outside ? (outside, name) : (kind == NameKind.Entity ? NameMeaning.Nothing : NameMeaning.BuiltIn, name);
    }

    private NameMeaning? Declared(string path, NameKind kind)
    {
        if (kind != NameKind.Entity && _types.ContainsKey(path)) return NameMeaning.Common;
        return kind != NameKind.Common && (_entities.ContainsKey(path) || _actionTypes.Contains(path)) ? NameMeaning.Entity : null;
    }

    private void Declare(SchemaNamespace part, EntityDeclaration entity)
    {
        var name = entity.Name;
        if (name.Name == "Action")
            _errors.Add(name.Span, "`Action` is the type of the actions", "another name");
        else if (!_entities.TryAdd(part.PathOf(name.Name), (part, entity)))
            _errors.Add(name.Span, $"the entity type {Quoting.Code(part.PathOf(name.Name))} is there twice");
    }

    private void Declare(SchemaNamespace part, TypeDeclaration type)
    {
        var name = type.Name;
        if (s_reserved.Contains(name.Name))
            _errors.Add(name.Span, $"{Quoting.Code(name.Name)} is a name of the language's own", "another name");
        else if (!_types.TryAdd(part.PathOf(name.Name), (part, type)))
            _errors.Add(name.Span, $"the type {Quoting.Code(part.PathOf(name.Name))} is there twice");
    }
}
