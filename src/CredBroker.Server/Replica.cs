namespace CredBroker.Server;

/// <summary>This running process among those that share one database.</summary>
/// <param name="Id">UUID version 7, new at every start.</param>
/// <param name="Host">The machine's name.</param>
internal sealed record Replica(Guid Id, string Host)
{
    public static Replica New(TimeProvider clock) => new(Guid.CreateVersion7(clock.GetUtcNow()), Environment.MachineName);
}
