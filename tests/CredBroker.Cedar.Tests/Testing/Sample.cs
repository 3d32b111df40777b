using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tests.Testing;

/// <summary>One request and its entities, which the official vectors ask most of their questions about.</summary>
internal static class Sample
{
    public const string Entities = """
        [
          {
            "uid": {"type": "User", "id": "alice"},
            "attrs": {
              "n": 5, "s": "str", "t": true, "set": [1, 2, "a"],
              "r": {"x": {"y": 1}},
              "e": {"__entity": {"type": "User", "id": "bob"}},
              "ghost": {"__entity": {"type": "User", "id": "ghost"}},
              "ip": {"__extn": {"fn": "ip", "arg": "10.0.0.1"}},
              "dt": {"__extn": {"fn": "datetime", "arg": "2024-05-01T10:00:00Z"}}
            },
            "parents": [{"type": "Group", "id": "g1"}],
            "tags": {"k": "v", "n": 7}
          },
          {"uid": {"type": "User", "id": "bob"}, "attrs": {"n": 6}, "parents": []},
          {"uid": {"type": "Group", "id": "g1"}, "attrs": {}, "parents": [{"type": "Group", "id": "g2"}]},
          {"uid": {"type": "Group", "id": "g2"}, "attrs": {}, "parents": []},
          {"uid": {"type": "Doc", "id": "d"}, "attrs": {"owner": {"__entity": {"type": "User", "id": "alice"}}}, "parents": []}
        ]
        """;

    public const string Context = """
        {
          "a": 1, "b": {"c": {"d": true}}, "if": 9, "in": 8, "s": "a*b", "lst": [], "x y": 3,
          "d": {"__extn": {"fn": "decimal", "arg": "1.5"}}
        }
        """;

    public static EntityStore Store { get; } = StoreOf(Entities);

    public static CedarRequest Request { get; } = new(
        EntityUid.Of("User", "alice"), EntityUid.Of("Action", "view"), EntityUid.Of("Doc", "d"), ContextOf(Context));

    public static EntityStore StoreOf(string json)
    {
        Assert.True(EntityStore.TryParse(new("entities.json", json), out var store, out var errors), string.Join('\n', errors));
        return store;
    }

    public static CedarRecord ContextOf(string json)
    {
        Assert.True(ContextReader.TryParse(new("context.json", json), out var context, out var errors), string.Join('\n', errors));
        return context;
    }

    public static PolicySnapshot Snapshot(string policies)
    {
        Assert.True(PolicySet.TryParse(policies, out var set, out var errors), string.Join('\n', errors));
        return PolicySnapshot.Compile(set);
    }

    public static AuthorizationResult Authorize(string policies) => Snapshot(policies).Authorize(Request, Store);

    /// <summary>What a condition comes to: <c>true</c>, <c>false</c> or <c>error</c>.</summary>
    public static string Evaluate(string condition)
    {
        var result = Authorize(Make.When(condition));
        Assert.Equal(result.Decision == Decision.Allow ? 1 : 0, result.ReasonCount);
        return result.ErrorCount > 0 ? "error" : result.Decision == Decision.Allow ? "true" : "false";
    }

    public static PolicyError Error(string condition) => Assert.Single(Authorize(Make.When(condition)).Errors);
}
