using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Authorization;

/// <summary>Who wants to do what on what, and whatever else is known of it. Immutable.</summary>
public sealed class CedarRequest
{
    /// <summary>A request.</summary>
    /// <param name="principal">Who asks; need not be among the entities.</param>
    /// <param name="action">For what.</param>
    /// <param name="resource">On what; need not be among the entities.</param>
    /// <param name="context">Whatever else policies may ask for; null for nothing.</param>
    public CedarRequest(EntityUid principal, EntityUid action, EntityUid resource, CedarRecord? context = null)
    {
        ArgumentNullException.ThrowIfNull(principal);
        ArgumentNullException.ThrowIfNull(action);
        ArgumentNullException.ThrowIfNull(resource);
        (Principal, Action, Resource, Context) = (principal, action, resource, context ?? CedarRecord.Empty);
    }

    /// <summary>Who asks.</summary>
    public EntityUid Principal { get; }

    /// <summary>For what.</summary>
    public EntityUid Action { get; }

    /// <summary>On what.</summary>
    public EntityUid Resource { get; }

    /// <summary>Whatever else policies may ask for.</summary>
    public CedarRecord Context { get; }
}
