using CredBroker.Cedar.Driver;

namespace CredBroker.Cedar.Fuzz.Comparison;

/// <summary>Our side without a process of its own.</summary>
internal sealed class InProcess : IAnswering
{
    private readonly Session _session = new();

    public Task<IReadOnlyList<string?>> AskAsync(IReadOnlyList<string> messages) =>
        Task.Run<IReadOnlyList<string?>>(() => [.. messages.Select(_session.Answer)]);
}
