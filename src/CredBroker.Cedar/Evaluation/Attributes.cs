using System.Diagnostics.CodeAnalysis;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Evaluation;

/// <summary>A name that is looked for, with its hash.</summary>
internal readonly record struct Key(string Name, int Hash)
{
    internal static Key Of(string name) => new(name, CedarRecord.HashOf(name));
}

/// <summary>An entry of a record, or an attribute of an entity.</summary>
internal sealed class Attribute(Code target, string name, SourceSpan span) : Code(span)
{
    private readonly Key _key = Key.Of(name);

    internal override CedarValue Evaluate(ref Frame frame)
    {
        var value = target.Evaluate(ref frame);
        if (value.TryGet(out CedarRecord? record))
            return record.TryGet(_key.Name, _key.Hash, out var entry) ? entry : frame.Fail(EvaluationErrorKind.MissingAttribute, Span, _key.Name);
        if (!value.TryGet(out EntityUid? uid)) return frame.FailKind(target, value, ValueKind.Record, "a record or an entity");
        if (frame.Find(uid) is not { } stored) return frame.Fail(EvaluationErrorKind.MissingEntity, Span, uid);
        return stored.Entity.Attributes.TryGet(_key.Name, _key.Hash, out var attribute)
            ? attribute
            : frame.Fail(EvaluationErrorKind.MissingAttribute, Span, _key.Name);
    }
}

/// <summary>Whether names lead from a record or an entity to something. An entity that does not exist has no attributes.</summary>
internal sealed class Has(Code target, string[] path, SourceSpan span) : Code(span)
{
    private readonly Key[] _path = Array.ConvertAll(path, Key.Of);

    internal override CedarValue Evaluate(ref Frame frame)
    {
        var value = target.Evaluate(ref frame);
        foreach (var key in _path)
        {
            var record = value.TryGet(out EntityUid? uid) ? frame.Find(uid)?.Entity.Attributes : null;
            if (uid is null && !value.TryGet(out record)) return frame.FailKind(target, value, ValueKind.Record, "a record or an entity");
            if (record is null || !record.TryGet(key.Name, key.Hash, out value)) return CedarValue.False;
        }

        return CedarValue.True;
    }
}

/// <summary>A tag of an entity, whose name may depend on the request.</summary>
internal sealed class Tag(Code entity, Code name, SourceSpan span) : Code(span)
{
    internal override CedarValue Evaluate(ref Frame frame)
    {
        if (!Tags.TryEvaluate(ref frame, entity, name, out var uid, out var key)) return default;
        if (frame.Find(uid) is not { } stored) return frame.Fail(EvaluationErrorKind.MissingEntity, Span, uid);
        return stored.Entity.Tags.TryGet(key, out var tag) ? tag : frame.Fail(EvaluationErrorKind.MissingTag, Span, key);
    }
}

/// <summary>Whether an entity has a tag. One that does not exist has none.</summary>
internal sealed class HasTag(Code entity, Code name, SourceSpan span) : Code(span)
{
    internal override CedarValue Evaluate(ref Frame frame) => Tags.TryEvaluate(ref frame, entity, name, out var uid, out var key)
        ? CedarValue.Of(frame.Find(uid)?.Entity.Tags.Contains(key) == true)
        : default;
}

/// <summary>The operands of what asks for tags.</summary>
internal static class Tags
{
    internal static bool TryEvaluate(
        ref Frame frame, Code entity, Code name, [NotNullWhen(true)] out EntityUid? uid,
        [NotNullWhen(true)] out string? key)
    {
        (uid, key) = (null, null);
        var left = entity.Evaluate(ref frame);
        if (left.IsNone) return false;
        var right = name.Evaluate(ref frame);
        if (right.IsNone) return false;
        if (!left.TryGet(out uid))
            frame.FailKind(entity, left, ValueKind.Entity);
        else if (!right.TryGet(out key))
            frame.FailKind(name, right, ValueKind.String);
        return uid is not null && key is not null;
    }
}
