using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Validation;

/// <summary>Types of <c>a.k</c>, <c>a has k</c> and of tags: what may be absent must be asked for first.</summary>
internal sealed class AttributeTyping(TypeChecker checker, CedarSchema schema, Findings findings)
{
    internal Typed Check(AttributeAccess access, Capabilities known)
    {
        if (checker.Check(access.Target, known).Type is not { } target) return default;
        var span = access.NameSpan.IsNone ? access.Span : access.NameSpan;
        if (AttributesOf(access.Target, target) is not { } attributes) return default;
        if (attributes.Find(access.Name) is not { } attribute)
        {
            findings.Error(span, $"{TypeText.Code(target)} has no attribute {Quoting.Code(access.Name)}", findings.Suggest(access.Name, attributes.Attributes.Select(other => other.Name)));
            return default;
        }

        if (!attribute.IsRequired && !known.Has(access.Target, access.Name))
            findings.Error(span, $"the attribute {Quoting.Code(access.Name)} of {TypeText.Code(target)} may be absent", "a test with `has` before");
        return new(attribute.Type);
    }

    internal Typed Check(AttributeTest test, Capabilities known)
    {
        if (test.Path.Length > CedarLimits.MaxDepth)
        {
            findings.Error(test.Span, "this path is too long", Expected.AtMost(CedarLimits.MaxDepth));
            return default;
        }

        var (target, type) = (test.Target, checker.Check(test.Target, known).Type);
        var (isTrue, own) = (true, Capabilities.None);
        for (var i = 0; type is not null; i++)
        {
            if (AttributesOf(target, type, test) is not { } attributes) return new(CedarType.Bool, own);
            if (attributes.Find(test.Path[i]) is not { } attribute) return Typed.Of(false);
            isTrue &= known.Has(target, test.Path[i]) || (type is CedarType.Record && attribute.IsRequired);
            own = own.And(Capabilities.Of(target, test.Path[i]));
            if (i + 1 == test.Path.Length) return new(isTrue ? CedarType.True : CedarType.Bool, own);
            (target, type) = (new AttributeAccess(target, test.Path[i], test.Span), attribute.Type);
        }

        return new(CedarType.Bool, own);
    }

    internal Typed CheckTag(BinaryExpression binary, Capabilities known)
    {
        var target = checker.Check(binary.Left, known).Type;
        checker.Expect(binary.Right, checker.Check(binary.Right, known), CedarType.String);
        var isTest = binary.Operator == BinaryOperator.HasTag;
        if (target is null) return isTest ? new(CedarType.Bool, Capabilities.OfTag(binary.Left, binary.Right)) : default;
        if (target is not CedarType.Entity entity)
        {
            findings.Error(binary.Left.Span, $"this is {TypeText.Code(target)}", "an entity");
            return isTest ? new(CedarType.Bool) : default;
        }

        var tags = schema.EntityTypes.GetValueOrDefault(entity.Type)?.Tags;
        var isKnown = known.HasTag(binary.Left, binary.Right);
        if (isTest) return tags is null ? Typed.Of(false) : new(isKnown ? CedarType.True : CedarType.Bool, Capabilities.OfTag(binary.Left, binary.Right));
        if (tags is null)
            findings.Error(binary.Span, $"{TypeText.Code(target)} has no tags");
        else if (!isKnown)
            findings.Error(binary.Span, $"this tag of {TypeText.Code(target)} may be absent", "a test with `hasTag` before");
        return new(tags);
    }

    /// <summary>What a type has; null, after a complaint, for one that has no attributes.</summary>
    private CedarType.Record? AttributesOf(Expression expression, CedarType type, Expression? place = null)
    {
        if (type is CedarType.Record record) return record;
        // Actions have none.
        if (type is CedarType.Entity entity) return schema.EntityTypes.GetValueOrDefault(entity.Type)?.Attributes ?? CedarType.Record.Empty;
        findings.Error(expression.Span.IsNone && place is not null ? place.Span : expression.Span, $"this is {TypeText.Code(type)}, which has no attributes", "an entity or a record");
        return null;
    }
}
