using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Evaluation;

/// <summary>What a policy may look at while it is evaluated, and the failure that ended it. Lives on the stack of one decision.</summary>
internal struct Frame(CedarRequest request, EntityStore entities)
{
    internal readonly EntityUid Principal = request.Principal;
    internal readonly EntityUid Action = request.Action;
    internal readonly EntityUid Resource = request.Resource;
    internal readonly CedarValue Context = CedarValue.Of(request.Context);

    // Looked up once: nearly every policy asks for them.
    internal readonly StoredEntity? PrincipalEntity = entities.FindStored(request.Principal);
    internal readonly StoredEntity? ActionEntity = entities.FindStored(request.Action);
    internal readonly StoredEntity? ResourceEntity = entities.FindStored(request.Resource);

    /// <summary>Why the last expression that had no value has none.</summary>
    internal Failure Failure;

    internal readonly StoredEntity? Find(EntityUid uid)
    {
        if (ReferenceEquals(uid, Principal)) return PrincipalEntity;
        if (ReferenceEquals(uid, Action)) return ActionEntity;
        return ReferenceEquals(uid, Resource) ? ResourceEntity : entities.FindStored(uid);
    }

    internal readonly bool IsIn(EntityUid uid, EntityUid container) => uid.Equals(container) || Find(uid)?.IsBelow(container) == true;

    /// <summary>Ends the evaluation. Always <c>default</c>, which is no value.</summary>
    internal CedarValue Fail(EvaluationErrorKind kind, SourceSpan span, object? detail = null)
    {
        Failure = new(kind, span, default, default, detail);
        return default;
    }

    /// <summary>Ends the evaluation, since an operand has the wrong kind; what failed to have a value keeps its own failure.</summary>
    internal CedarValue FailKind(Code operand, CedarValue found, ValueKind expected, string? expectedWords = null)
    {
        if (!found.IsNone) Failure = new(EvaluationErrorKind.WrongKind, operand.Span, found.Kind, expected, expectedWords);
        return default;
    }
}
