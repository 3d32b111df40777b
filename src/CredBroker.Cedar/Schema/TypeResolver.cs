using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Schema;

/// <summary>Finds what the names in types stand for; common types are resolved once each, those first that others are made of.</summary>
internal sealed class TypeResolver(SchemaNames names, ErrorList errors)
{
    private static readonly Dictionary<string, CedarType> s_builtIn = new[] { CedarType.Bool, CedarType.Long, CedarType.String }
        .Concat(CedarType.Extensions).ToDictionary(type => type.ToString());

    private readonly TypeTable _table = new();

    // Null for a type that has a mistake in it, which was complained about.
    private readonly Dictionary<string, CedarType?> _common = [];

    /// <summary>Resolves all common types, without recursion from one to the next; refuses circles.</summary>
    internal void ResolveCommonTypes()
    {
        var open = new HashSet<string>();
        var path = new Stack<(string Name, IEnumerator<TypeExpression.Named> Parts)>();
        foreach (var start in names.Types.Keys)
        {
            if (_common.ContainsKey(start)) continue;
            Open(start);
            while (path.TryPeek(out var top))
            {
                var (part, declaration) = names.Types[top.Name];
                if (!top.Parts.MoveNext())
                {
                    path.Pop();
                    open.Remove(top.Name);
                    _common.TryAdd(top.Name, Resolve(part, declaration.Type));
                    continue;
                }

                var (meaning, name) = names.Find(part, top.Parts.Current.Name, top.Parts.Current.Kind);
                if (meaning != NameMeaning.Common || _common.ContainsKey(name)) continue;
                if (!open.Contains(name))
                {
                    Open(name);
                    continue;
                }

                errors.Add(top.Parts.Current.Span, $"the type {Quoting.Code(name)} is made of itself", "types that end somewhere");
                _common[name] = null;
            }
        }

        void Open(string name)
        {
            open.Add(name);
            path.Push((name, Parts(names.Types[name].Type.Type).GetEnumerator()));
        }
    }

    /// <summary>The type; null after a complaint.</summary>
    internal CedarType? Resolve(SchemaNamespace part, TypeExpression expression)
    {
        var type = expression switch
        {
            TypeExpression.Named named => ResolveName(part, named),
            TypeExpression.Set set => Resolve(part, set.Element) is { } element ? _table.Unify(new CedarType.Set(element)) : null,
            TypeExpression.Record record => ResolveRecord(part, record),
            _ => null,
        };
        if (type is null || type.Depth <= CedarLimits.MaxDepth) return type;
        errors.Add(expression.Span, "this type nests too deep", $"{Expected.AtMost(CedarLimits.MaxDepth)} levels");
        return null;
    }

    /// <summary>A type that must be a record's; null after a complaint.</summary>
    internal CedarType.Record? ResolveRecord(SchemaNamespace part, TypeExpression? expression, string what)
    {
        if (expression is null) return CedarType.Record.Empty;
        if (Resolve(part, expression) is not { } type) return null;
        if (type is CedarType.Record record) return record;
        errors.Add(expression.Span, $"{what} is {TypeText.Code(type)}", "a record");
        return null;
    }

    /// <summary>The path of an entity type; null after a complaint.</summary>
    internal EntityType? ResolveEntity(SchemaNamespace part, NameReference name)
    {
        var (meaning, path) = names.Find(part, name.Name, NameKind.Entity);
        if (meaning == NameMeaning.Entity && names.Entities.ContainsKey(path)) return new(path);
        errors.Add(name.Span, $"there is no entity type {Quoting.Code(name.Name)}", Suggestions.For(name.Name, names.Entities.Keys, errors));
        return null;
    }

    private CedarType? ResolveName(SchemaNamespace part, TypeExpression.Named named)
    {
        var (meaning, path) = names.Find(part, named.Name, named.Kind);
        switch (meaning)
        {
            case NameMeaning.Common:
                return _common.GetValueOrDefault(path);
            case NameMeaning.Entity:
                return _table.Unify(new CedarType.Entity(new(path)));
            case NameMeaning.BuiltIn when s_builtIn.TryGetValue(path, out var type) && (named.Kind != NameKind.Extension || CedarType.Extensions.Contains(type)):
                return type;
            default:
                var what = named.Kind switch
                {
                    NameKind.Extension => "extension type",
                    NameKind.Entity => "entity type",
                    NameKind.Common => "common type",
                    _ => "type",
                };
                errors.Add(named.Span, $"there is no {what} {Quoting.Code(named.Name)}", Suggestions.For(named.Name, s_builtIn.Keys.Concat(names.Types.Keys).Concat(names.Entities.Keys), errors));
                return null;
        }
    }

    private CedarType.Record? ResolveRecord(SchemaNamespace part, TypeExpression.Record record)
    {
        if (record.Attributes.Length > CedarLimits.MaxElements)
        {
            errors.Add(record.Span, "too many attributes", Expected.AtMost(CedarLimits.MaxElements));
            return null;
        }

        // Of two attributes with one name the last counts.
        var attributes = new Dictionary<string, AttributeType>();
        var isWhole = true;
        foreach (var attribute in record.Attributes)
        {
            if (Resolve(part, attribute.Type) is { } type) attributes[attribute.Name.Name] = new(attribute.Name.Name, type, attribute.IsRequired);
            else isWhole = false;
        }

        return isWhole ? _table.Unify(CedarType.Record.Of(attributes.Values)) : null;
    }

    private static IEnumerable<TypeExpression.Named> Parts(TypeExpression expression)
    {
        var rest = new Stack<TypeExpression>([expression]);
        while (rest.TryPop(out var next))
        {
            if (next is TypeExpression.Named named) yield return named;
            if (next is TypeExpression.Set set) rest.Push(set.Element);
            if (next is not TypeExpression.Record record) continue;
            foreach (var attribute in record.Attributes) rest.Push(attribute.Type);
        }
    }
}
