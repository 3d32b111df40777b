using System.Text.Json;
using CredBroker.Cedar.Authorization;

namespace CredBroker.Cedar.Driver;

/// <summary>Policy sets that are compiled once and decided with often.</summary>
internal sealed class Prepared
{
    private readonly Dictionary<string, PolicySnapshot> _snapshots = [];

    public Reply Prepare(JsonElement message)
    {
        var name = Input.Text(message, "name") ?? "";
        if (Input.Has(message, "policies"))
        {
            if (PolicyInput.Read(message, out var errors) is not { } policies) return Reply.Refused(errors);
            _snapshots[name] = PolicySnapshot.Compile(policies);
        }

        return Reply.Ok;
    }

    public Reply Run(JsonElement message) => Use(message, Authorizing.Decide);

    public Reply Bench(JsonElement message) =>
        Input.Has(message, "name") ? Use(message, Driver.Bench.Measure) : Authorizing.WithPolicies(message, Driver.Bench.Measure);

    private Reply Use(JsonElement message, Func<PolicySnapshot, JsonElement, Reply> use)
    {
        var name = Input.Text(message, "name") ?? "";
        return _snapshots.TryGetValue(name, out var snapshot) ? use(snapshot, message) : Reply.Refused([$"nothing was prepared as {name}"]);
    }
}
