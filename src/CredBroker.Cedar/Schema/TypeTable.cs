namespace CredBroker.Cedar.Schema;

/// <summary>Makes equal types one object, so that comparing two of them costs one look, however much they share.</summary>
internal sealed class TypeTable
{
    private readonly Dictionary<CedarType, CedarType> _types = [];

    /// <summary>The one object for a type whose parts are from this table.</summary>
    internal T Unify<T>(T type)
        where T : CedarType
    {
        if (_types.TryGetValue(type, out var known)) return (T)known;
        _types.Add(type, type);
        return type;
    }
}
