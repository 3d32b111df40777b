namespace CredBroker.Core.Tasks;

/// <summary>What an event does to a task. Closed: <see cref="Stays"/>, <see cref="Starts"/>, <see cref="Ends"/>, <see cref="Refused"/>.</summary>
public abstract record TaskStep
{
    private TaskStep()
    {
    }

    /// <summary>The event is fine and the state is the same.</summary>
    public sealed record Stays : TaskStep;

    /// <summary>A waiting task becomes active.</summary>
    public sealed record Starts : TaskStep;

    /// <summary>The task ends.</summary>
    /// <param name="Cause">Why.</param>
    public sealed record Ends(EndCause Cause) : TaskStep;

    /// <summary>The event does not fit the state; nothing changes.</summary>
    /// <param name="Reason">Why not.</param>
    public sealed record Refused(Reason Reason) : TaskStep;
}
