using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Evaluation;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Validation;
using CredBroker.Cedar.Values;
using CredBroker.Tests;
using FsCheck.Fluent;

namespace CredBroker.Cedar.Tests.Validation;

/// <summary>What validation is for: a policy that it accepts never fails, but for numbers that grow too large and entities that do not exist.</summary>
public sealed class SoundnessTests(ITestOutputHelper output)
{
    private static readonly EntityStore[] s_stores = [.. new[] { false, true }.Select(isFull => Store(isFull, isFull)), Store(true, false), Store(false, true)];

    private static readonly CedarRequest[] s_requests =
    [
        .. new[] { "{\"c\": 1}", "{\"c\": 2, \"co\": \"a\", \"from\": {\"__entity\": {\"type\": \"User\", \"id\": \"b\"}}}" }
            .Select(context => new CedarRequest(EntityUid.Of("User", "a"), EntityUid.Of("Action", "view"), EntityUid.Of("Doc", "d"), Sample.ContextOf(context))),
    ];

    [Fact]
    public void What_is_valid_never_fails_with_an_error_of_types()
    {
        var (valid, all) = (0, 0);
        Properties.Hold(Prop.ForAll(TypedText.Conditions.ToArbitrary(), condition =>
        {
            all++;
            var policies = Schemas.Policies($"permit (principal, action == Action::\"view\", resource) when {{ {condition} }};");
            var result = PolicyValidator.Validate(policies, Schemas.Sample);
            if (!result.IsValid) return;
            valid++;
            var snapshot = PolicySnapshot.Compile(policies);
            foreach (var store in s_stores)
                foreach (var request in s_requests)
                    Check(condition, snapshot.Authorize(request, store), isNeverTrue: !result.Warnings.IsEmpty);
        }), 6_000);

        output.WriteLine($"{valid} of {all} policies are valid");
        Assert.True(valid * 4 > all && valid * 10 < all * 9, $"{valid} of {all}");
    }

    [Fact]
    public void The_requests_and_entities_that_are_used_here_fit_the_schema()
    {
        foreach (var store in s_stores) Assert.Empty(EntityValidator.Validate(store, Schemas.Sample));
        foreach (var request in s_requests) Assert.Empty(RequestValidator.Validate(request, Schemas.Sample));
    }

    private static void Check(string condition, AuthorizationResult result, bool isNeverTrue)
    {
        foreach (var error in result.Errors)
            Assert.True(error.Kind is EvaluationErrorKind.Overflow or EvaluationErrorKind.MissingEntity or EvaluationErrorKind.NoResult, $"{condition}: {error.Kind}: {error.Message}");
        Assert.False(isNeverTrue && result.Decision == Decision.Allow, condition);
    }

    private static EntityStore Store(bool hasOptional, bool hasTags)
    {
        var optional = hasOptional ? """, "o": 1, "rate": "1.5", "work": {"street": "w", "zip": 1}""" : "";
        var tags = hasTags ? """, "tags": {"t": "v"}""" : "";
        string User(string id) => $$$"""
            {"uid": {"type": "User", "id": "{{{id}}}"}, "parents": [{"type": "Group", "id": "g"}]{{{tags}}}, "attrs": {
              "n": 1, "s": "a", "b": {{{(hasTags ? "true" : "false")}}}, "home": {"street": "s"}, "boss": {"type": "User", "id": "b"}, "set": [1], "friends": [{"type": "User", "id": "a"}],
              "ip": "10.0.0.1", "since": "2024-01-01", "age": "1h"{{{optional}}}}}
            """;
        var published = hasOptional ? ", \"public\": true" : "";
        var document = $$$"""{"uid": {"type": "Doc", "id": "d"}, "parents": [], "attrs": {"owner": {"type": "User", "id": "a"}{{{published}}}}}""";
        Assert.True(EntityValidator.TryParse(new("entities.json", $"[{User("a")}, {User("b")}, {document}]"), Schemas.Sample, out var store, out var errors), string.Join('\n', errors));
        return store;
    }
}
