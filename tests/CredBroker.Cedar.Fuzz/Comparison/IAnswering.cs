namespace CredBroker.Cedar.Fuzz.Comparison;

/// <summary>Whoever answers messages, one line for one line.</summary>
internal interface IAnswering
{
    /// <summary>The answers in order; null where there is none because whoever was asked died over this message or one before it.</summary>
    Task<IReadOnlyList<string?>> AskAsync(IReadOnlyList<string> messages);
}
