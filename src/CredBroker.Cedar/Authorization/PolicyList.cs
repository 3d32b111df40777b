namespace CredBroker.Cedar.Authorization;

/// <summary>Policies with one scope, most often one: it lies in the list itself, a step nearer.</summary>
internal sealed class PolicyList
{
    private CompiledPolicy? _first;
    private List<CompiledPolicy>? _more;

    internal void Add(CompiledPolicy policy)
    {
        if (_first is null) _first = policy;
        else (_more ??= []).Add(policy);
    }

    public Enumerator GetEnumerator() => new(this);

    internal struct Enumerator(PolicyList list)
    {
        private int _at = -1;

        public CompiledPolicy Current { get; private set; } = null!;

        public bool MoveNext()
        {
            var next = _at < 0 ? list._first : list._more is { } more && _at < more.Count ? more[_at] : null;
            if (next is null) return false;
            _at++;
            Current = next;
            return true;
        }
    }
}
