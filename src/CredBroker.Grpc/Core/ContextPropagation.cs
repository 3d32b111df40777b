namespace Grpc.Core;

/// <summary>Carries deadline and cancellation of a call to the calls that its handler makes.</summary>
public abstract class ContextPropagationToken
{
    private protected ContextPropagationToken()
    {
    }

    internal abstract DateTime ParentDeadline { get; }

    internal abstract CancellationToken ParentCancellationToken { get; }

    internal abstract ContextPropagationOptions Options { get; }
}

/// <summary>What is carried on.</summary>
public sealed class ContextPropagationOptions(bool propagateDeadline = true, bool propagateCancellation = true)
{
    /// <summary>Everything.</summary>
    public static readonly ContextPropagationOptions Default = new();

    /// <summary>True if the earlier of the two deadlines holds.</summary>
    public bool IsPropagateDeadline { get; } = propagateDeadline;

    /// <summary>True if the end of the parent call ends the child.</summary>
    public bool IsPropagateCancellation { get; } = propagateCancellation;
}
