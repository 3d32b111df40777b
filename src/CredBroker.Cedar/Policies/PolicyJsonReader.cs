using System.Collections.Immutable;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Json;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Policies;

/// <summary>
/// Policies from JSON. What is not known is refused, since a misspelled member would else be a condition that is not there; only within
/// scopes other members are passed over, as the official reader does.
/// </summary>
internal sealed class PolicyJsonReader(ErrorList errors)
{
    private readonly JsonMembers _members = new(errors);
    private readonly ExpressionJsonReader _expressions = new(errors);
    private readonly ValueReader _values = new(errors);

    /// <summary>Null after a complaint.</summary>
    internal CedarPolicy? Read(JsonNode node)
    {
        if (!_members.Check(node, ["effect", "principal", "action", "resource", "conditions"], ["annotations"])) return null;
        if (ReadEffect(node.Find("effect")) is not { } effect) return null;
        if (ReadScope(node.Find("principal"), Slot.Principal) is not { } principal) return null;
        if (ReadAction(node.Find("action")) is not { } action) return null;
        if (ReadScope(node.Find("resource"), Slot.Resource) is not { } resource) return null;
        if (ReadConditions(node.Find("conditions")) is not { } conditions) return null;
        if (ReadAnnotations(node.Find("annotations")) is not { } annotations) return null;
        return new()
        {
            Effect = effect,
            Annotations = annotations,
            Principal = principal,
            Action = action,
            Resource = resource,
            Conditions = conditions,
            Source = errors.Source,
            Span = node.Span,
        };
    }

    private Effect? ReadEffect(JsonNode? node) => node switch
    {
        { Kind: JsonKind.String, Text: "permit" } => Effect.Permit,
        { Kind: JsonKind.String, Text: "forbid" } => Effect.Forbid,
        _ => _members.Fail<Effect?>(node, "this is no effect", "`\"permit\"` or `\"forbid\"`"),
    };

    private ScopeConstraint? ReadScope(JsonNode? node, Slot slot)
    {
        switch (node?.FindText("op"))
        {
            case "All" or "all":
                return new ScopeConstraint.Any();
            case "==" when ReadEntityOrSlot(node, slot) is { } one:
                return new ScopeConstraint.Equal(one);
            case "in" when ReadEntityOrSlot(node, slot) is { } container:
                return new ScopeConstraint.In(container);
            case "is" when _members.Check(node, ["op", "entity_type"], ["in"]) && _members.ReadType(node.Find("entity_type")) is { } type:
                if (node.Find("in") is not { Kind: not JsonKind.Null } within) return new ScopeConstraint.Is(type);
                return ReadEntityOrSlot(within, slot) is { } entity ? new ScopeConstraint.IsIn(type, entity) : null;
            default:
                return _members.FailOnce<ScopeConstraint>(node, "this is no scope", "`op`: `All`, `==`, `in` or `is`");
        }
    }

    private EntityOrSlot? ReadEntityOrSlot(JsonNode node, Slot slot)
    {
        if (node.Find("entity") is { } entity) return _values.ReadUid(entity) is { } uid ? new(uid, entity.Span) : null;
        var expected = slot == Slot.Principal ? "?principal" : "?resource";
        return node.FindText("slot") == expected
            ? new(slot, node.Span)
            : _members.Fail<EntityOrSlot?>(node, "this names neither an entity nor a slot that has its place here", $"`entity`, or `slot` with {Quoting.Code(expected)}");
    }

    private ActionConstraint? ReadAction(JsonNode? node)
    {
        switch (node?.FindText("op"))
        {
            case "All" or "all":
                return new ActionConstraint.Any();
            case "==" when ReadActionName(node.Find("entity")) is { } one:
                return new ActionConstraint.Equal(one);
            case "in" when node.Find("entity") is null && node.Find("entities") is { } list:
                return ReadActions(list) is { } members ? ActionConstraint.OneOf(members) : null;
            case "in" when ReadActionName(node.Find("entity")) is { } group:
                return new ActionConstraint.In(group);
            default:
                return _members.FailOnce<ActionConstraint>(node, "this is no scope of actions", "`op`: `All`, `==` or `in`");
        }
    }

    private ImmutableArray<ActionName>? ReadActions(JsonNode list)
    {
        if (list.Kind != JsonKind.Array) return _members.Fail<ImmutableArray<ActionName>?>(list, $"this is {list.Description}", "an array of actions");
        if (!_members.Fits(list)) return null;
        var members = ImmutableArray.CreateBuilder<ActionName>(list.Items.Count);
        foreach (var item in list.Items)
        {
            if (ReadActionName(item) is not { } member) return null;
            members.Add(member);
        }

        return members.DrainToImmutable();
    }

    private ActionName? ReadActionName(JsonNode? node)
    {
        if (node is null || _values.ReadUid(node) is not { } uid) return null;
        return uid.Type.IsAction
            ? new(uid, node.Span)
            : _members.Fail<ActionName?>(node, $"{Quoting.Code(uid.ToString())} is not an action", "a type whose last part is `Action`");
    }

    private ImmutableArray<Condition>? ReadConditions(JsonNode? node)
    {
        if (node is not { Kind: JsonKind.Array }) return _members.Fail<ImmutableArray<Condition>?>(node, "these are no conditions", "an array");
        var conditions = ImmutableArray.CreateBuilder<Condition>(node.Items.Count);
        foreach (var item in node.Items)
        {
            if (!_members.Check(item, ["kind", "body"])) return null;
            var kind = item.FindText("kind");
            if (kind is not ("when" or "unless")) return _members.Fail<ImmutableArray<Condition>?>(item, "this is no condition", "`kind`: `when` or `unless`");
            if (item.Find("body") is not { } bodyNode || _expressions.Read(bodyNode) is not { } body) return null;
            conditions.Add(new(kind == "unless", body, item.Span));
        }

        return conditions.DrainToImmutable();
    }

    private ImmutableArray<Annotation>? ReadAnnotations(JsonNode? node)
    {
        if (node is null) return [];
        if (node.Kind != JsonKind.Object) return _members.Fail<ImmutableArray<Annotation>?>(node, "these are no annotations", "an object");
        var annotations = ImmutableArray.CreateBuilder<Annotation>(node.Members.Count);
        foreach (var (name, span, value) in node.Members)
        {
            if (!Names.IsIdentifier(name) || value.Kind is not (JsonKind.String or JsonKind.Null))
            {
                errors.Add(span, $"{Quoting.Code(name)} is no annotation", "an identifier, with a string or null");
                return null;
            }

            annotations.Add(new(name, value.Kind == JsonKind.Null ? null : value.Text));
        }

        return annotations.DrainToImmutable();
    }
}
