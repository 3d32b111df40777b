namespace CredBroker.Server.Storage;

/// <summary>What came of bringing a database up to date.</summary>
public abstract record MigrationOutcome
{
    private MigrationOutcome()
    {
    }

    /// <summary>The database has the schema of this program.</summary>
    /// <param name="Files">The files that were applied just now, in order; empty when there was nothing to do.</param>
    public sealed record Applied(IReadOnlyList<string> Files) : MigrationOutcome;

    /// <summary>Nothing was changed.</summary>
    /// <param name="Message">What is wrong with the database.</param>
    /// <param name="Hint">What the operator can do.</param>
    public sealed record Refused(string Message, string Hint) : MigrationOutcome;
}
