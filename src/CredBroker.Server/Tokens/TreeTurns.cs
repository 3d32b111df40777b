using CredBroker.Core.Tasks;

namespace CredBroker.Server.Tokens;

/// <summary>
/// Lets the mints of one tree take turns, where each rests on all before it: otherwise most of them would decide, sign and ask the
/// database for nothing. Between replicas the commit alone decides. Trees that share a slot wait for each other too. Thread-safe.
/// </summary>
internal sealed class TreeTurns : IDisposable
{
    private readonly SemaphoreSlim[] _slots = [.. Enumerable.Range(0, 1024).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Waits for the tree's turn; whoever has it disposes of it.</summary>
    public async Task<IDisposable> TakeAsync(TaskId root, CancellationToken ct)
    {
        var slot = _slots[unchecked((uint)root.GetHashCode()) % (uint)_slots.Length];
        await slot.WaitAsync(ct);
        return new Turn(slot);
    }

    public void Dispose()
    {
        foreach (var slot in _slots) slot.Dispose();
    }

    private sealed class Turn(SemaphoreSlim slot) : IDisposable
    {
        public void Dispose() => slot.Release();
    }
}
