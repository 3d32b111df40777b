using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Authorization;

/// <summary>
/// A dictionary by name of entity. With many policies there are many of these, nearly all with one entry, and each is looked into when
/// nothing of it is in the processor's caches: a single entry lies in whatever has the map.
/// </summary>
/// <typeparam name="T">What is found.</typeparam>
internal struct UidMap<T>
    where T : class
{
    private EntityUid? _key;
    private T? _value;
    private Dictionary<EntityUid, T>? _all;

    internal readonly bool IsEmpty => _key is null;

    /// <summary>Null when there is nothing of this name.</summary>
    internal readonly T? Find(EntityUid uid)
    {
        if (_all is not null) return _all.GetValueOrDefault(uid);
        return _key is not null && _key.Equals(uid) ? _value : null;
    }

    /// <summary>What there is of this name; made when it is the first.</summary>
    internal T At(EntityUid uid, Func<T> make)
    {
        if (Find(uid) is { } found) return found;
        var made = make();
        if (_key is null)
            (_key, _value) = (uid, made);
        else
            (_all ??= new() { [_key] = _value! }).Add(uid, made);
        return made;
    }
}
