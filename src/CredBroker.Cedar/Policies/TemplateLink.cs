using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Policies;

/// <summary>A template with its slots filled: decides like a policy, with the template's effect, conditions and annotations.</summary>
/// <param name="Id">The link's own name.</param>
/// <param name="TemplateId">The template's name.</param>
/// <param name="Principal">What fills <c>?principal</c>; null when the template has no such slot.</param>
/// <param name="Resource">What fills <c>?resource</c>; null when the template has no such slot.</param>
public sealed record TemplateLink(PolicyId Id, PolicyId TemplateId, EntityUid? Principal = null, EntityUid? Resource = null)
{
    /// <summary>What fills a slot; null for nothing.</summary>
    public EntityUid? ValueOf(Slot slot) => slot == Slot.Principal ? Principal : Resource;

    /// <summary>The policy that a template becomes; its slots must be the ones that this fills.</summary>
    internal CedarPolicy Apply(CedarPolicy template) => new()
    {
        Effect = template.Effect,
        Annotations = template.Annotations,
        Principal = Fill(template.Principal),
        Action = template.Action,
        Resource = Fill(template.Resource),
        Conditions = template.Conditions,
        Source = template.Source,
        Span = template.Span,
    };

    private ScopeConstraint Fill(ScopeConstraint constraint) => constraint switch
    {
        ScopeConstraint.Equal equal => new ScopeConstraint.Equal(Fill(equal.Entity)),
        ScopeConstraint.In within => new ScopeConstraint.In(Fill(within.Entity)),
        ScopeConstraint.IsIn within => new ScopeConstraint.IsIn(within.Type, Fill(within.Entity)),
        _ => constraint,
    };

    private EntityOrSlot Fill(EntityOrSlot place) =>
        place.Slot is { } slot && ValueOf(slot) is { } uid ? new(uid, place.Span) : place;
}
