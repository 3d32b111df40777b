using System.Text.Json;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Policies;

/// <summary>Policies as JSON: effect, scope, conditions, annotations, in this order.</summary>
internal sealed class PolicyJsonWriter(Utf8JsonWriter json)
{
    private readonly ExpressionJsonWriter _expressions = new(json);

    internal void Write(CedarPolicy policy)
    {
        json.WriteStartObject();
        json.WriteString("effect", policy.Effect == Effect.Permit ? "permit" : "forbid");
        json.WritePropertyName("principal");
        Write(policy.Principal);
        json.WritePropertyName("action");
        Write(policy.Action);
        json.WritePropertyName("resource");
        Write(policy.Resource);
        json.WriteStartArray("conditions");
        foreach (var condition in policy.Conditions)
        {
            json.WriteStartObject();
            json.WriteString("kind", condition.IsUnless ? "unless" : "when");
            json.WritePropertyName("body");
            _expressions.Write(condition.Body);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteAnnotations(policy);
        json.WriteEndObject();
    }

    internal static void WriteUid(Utf8JsonWriter json, EntityUid uid)
    {
        json.WriteStartObject();
        json.WriteString("type", uid.Type.Name);
        json.WriteString("id", uid.Id);
        json.WriteEndObject();
    }

    private void WriteAnnotations(CedarPolicy policy)
    {
        if (policy.Annotations.IsEmpty) return;
        json.WriteStartObject("annotations");
        foreach (var (name, value) in policy.Annotations)
            json.WriteString(name, value);
        json.WriteEndObject();
    }

    private void Write(ScopeConstraint constraint)
    {
        json.WriteStartObject();
        switch (constraint)
        {
            case ScopeConstraint.Equal equal:
                json.WriteString("op", "==");
                Write(equal.Entity);
                break;
            case ScopeConstraint.In within:
                json.WriteString("op", "in");
                Write(within.Entity);
                break;
            case ScopeConstraint.Is type:
                json.WriteString("op", "is");
                json.WriteString("entity_type", type.Type.Type.Name);
                break;
            case ScopeConstraint.IsIn within:
                json.WriteString("op", "is");
                json.WriteString("entity_type", within.Type.Type.Name);
                json.WriteStartObject("in");
                Write(within.Entity);
                json.WriteEndObject();
                break;
            default:
                json.WriteString("op", "All");
                break;
        }

        json.WriteEndObject();
    }

    private void Write(EntityOrSlot place)
    {
        if (place.Entity is not { } uid)
        {
            json.WriteString("slot", place.ToString());
            return;
        }

        json.WritePropertyName("entity");
        WriteUid(json, uid);
    }

    private void Write(ActionConstraint constraint)
    {
        json.WriteStartObject();
        json.WriteString("op", constraint switch
        {
            ActionConstraint.Any => "All",
            ActionConstraint.Equal => "==",
            _ => "in",
        });
        if (constraint is ActionConstraint.InSet set)
        {
            json.WriteStartArray("entities");
            foreach (var member in set.Members) WriteUid(json, member.Uid);
            json.WriteEndArray();
        }
        else if (constraint.Actions is [var only])
        {
            json.WritePropertyName("entity");
            WriteUid(json, only.Uid);
        }

        json.WriteEndObject();
    }
}
