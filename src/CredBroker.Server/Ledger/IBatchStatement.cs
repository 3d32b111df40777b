using Npgsql;

namespace CredBroker.Server.Ledger;

/// <summary>How asks of one kind become one round trip. Used by one loop at a time.</summary>
internal interface IBatchStatement<TAsk, TAnswer>
{
    /// <summary>The commands that ask for what was added; their parameters are the lists that <see cref="Add"/> fills.</summary>
    NpgsqlBatch Batch { get; }

    /// <summary>All that <see cref="Batch"/> may be: prepared once on each connection.</summary>
    IReadOnlyList<NpgsqlBatch> Batches => [Batch];

    /// <summary>Empties the lists.</summary>
    void Clear();

    /// <summary>Appends one ask.</summary>
    void Add(TAsk ask);

    /// <summary>
    /// Keeps an answer for each ask, by position. An ask that gets none was not decided: it goes to the patient queue, and where there is none
    /// it is sent once more at once, and must be decided then.
    /// </summary>
    Task ReadAsync(NpgsqlDataReader reader, IReadOnlyList<Pending<TAsk, TAnswer>> asks);
}
