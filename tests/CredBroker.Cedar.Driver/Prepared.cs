using System.Text.Json;
using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Schema;

namespace CredBroker.Cedar.Driver;

/// <summary>Policy sets that are compiled once and decided with often.</summary>
internal sealed class Prepared
{
    private readonly Dictionary<string, PolicySnapshot> _snapshots = [];
    private readonly Dictionary<string, CedarSchema> _schemas = [];

    public Reply Prepare(JsonElement message)
    {
        var name = Input.Text(message, "name") ?? "";
        if (Input.Has(message, "policies"))
        {
            if (PolicyInput.Read(message, out var errors) is not { } policies) return Reply.Refused(errors);
            _snapshots[name] = PolicySnapshot.Compile(policies);
        }

        if (Input.Has(message, "schema"))
        {
            if (SchemaInput.Read(message, out var errors) is not { } schema) return Reply.Refused(errors);
            _schemas[name] = schema;
        }

        return Reply.Ok;
    }

    public Reply Run(JsonElement message)
    {
        var usesSchema = message.TryGetProperty("useSchema", out var flag) && flag.ValueKind == JsonValueKind.True;
        CedarSchema? schema = null;
        if (usesSchema && !_schemas.TryGetValue(Input.Text(message, "name") ?? "", out schema)) return Reply.Refused(["no schema was prepared"]);
        return Use(message, (snapshot, request) => Authorizing.Decide(snapshot, request, schema));
    }

    public Reply Bench(JsonElement message) =>
        Input.Has(message, "name") ? Use(message, Driver.Bench.Measure) : Authorizing.WithPolicies(message, Driver.Bench.Measure);

    private Reply Use(JsonElement message, Func<PolicySnapshot, JsonElement, Reply> use)
    {
        var name = Input.Text(message, "name") ?? "";
        return _snapshots.TryGetValue(name, out var snapshot) ? use(snapshot, message) : Reply.Refused([$"nothing was prepared as {name}"]);
    }
}
