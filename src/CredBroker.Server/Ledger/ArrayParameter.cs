using Npgsql;
using NpgsqlTypes;

namespace CredBroker.Server.Ledger;

/// <summary>A column of asks: one list, bound once as an array parameter and refilled for each batch.</summary>
internal sealed class ArrayParameter<T>(NpgsqlDbType element)
{
    private readonly List<T> _values = [];

    /// <summary>The parameter; a statement that is sent beside another one takes one of its own over the same list.</summary>
    public NpgsqlParameter Bind() => new NpgsqlParameter<List<T>> { TypedValue = _values, NpgsqlDbType = NpgsqlDbType.Array | element };

    /// <summary>Appends a value.</summary>
    public void Add(T value) => _values.Add(value);

    /// <summary>Removes all values.</summary>
    public void Clear() => _values.Clear();
}
