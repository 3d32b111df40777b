using System.Text;
using CredBroker.Core.Audit;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Past;

/// <summary>Says an entry of the record that is no mint, use or delegation: what happened, and why not, by what it says itself.</summary>
public static class EntryWords
{
    /// <summary>The sentences; never throws.</summary>
    public static IReadOnlyList<string> Of(AuditKind kind, string payload)
    {
        if (StrictJson.Parse(Encoding.UTF8.GetBytes(payload), out var root) is not null) return [$"An entry of kind {kind} that does not read."];
        var json = new PastJson(root);
        var who = json.Text("caller") ?? json.Text("workload") ?? json.Text("spiffe_id") ?? json.Text("by");
        var what = json.Text("rpc") ?? json.Text("method");
        var said = $"{kind}{(what is null ? "" : $" ({what})")}{(who is null ? "" : $", {who}")}{(json.Text("at") is { } at ? $", at {at}" : "")}.";
        if (json.Text("reason") is not { } reason) return [said];
        var where = json.Text("field") is { } field ? $", about {field}" : "";
        return [said, $"It was denied: the reason on record is {reason}{where}{(json.Text("detail") is { } detail ? $": {detail}" : "")}."];
    }
}
