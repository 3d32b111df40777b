using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Validation;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tests.Validation;

/// <summary>Entities by a schema: what may be left out in JSON, and what does not fit.</summary>
public sealed class EntityValidatorTests
{
    private const string Attributes = """
        "n": 1, "s": "x", "b": true, "home": {"street": "s"}, "boss": {"type": "User", "id": "b"}, "set": [1], "friends": [{"type": "User", "id": "c"}],
        "ip": "10.0.0.1", "since": "2024-01-01", "age": {"fn": "duration", "arg": "1h"}
        """;

    [Fact]
    public void Escapes_may_be_left_out_where_the_schema_says_what_is_due()
    {
        Assert.True(TryParse($$$"""[{"uid": {"type": "User", "id": "a"}, "attrs": { {{{Attributes}}}, "rate": "1.5"}, "parents": [], "tags": {"t": "v"}}]""", out var store, out var problems), problems);
        var attributes = store!.Find(EntityUid.Of("User", "a"))!.Attributes;

        Assert.Equal("""User::"b" """.Trim(), Value(attributes, "boss"));
        Assert.Equal("""[User::"c"]""", Value(attributes, "friends"));
        Assert.Equal("""ip("10.0.0.1")""", Value(attributes, "ip").Replace("/32", "", StringComparison.Ordinal));
        Assert.Equal(ValueKind.Duration, attributes.TryGet("age", out var age) ? age.Kind : default);
        Assert.Equal(ValueKind.Decimal, attributes.TryGet("rate", out var rate) ? rate.Kind : default);
        Assert.True(store.IsIn(EntityUid.Of("Action", "view"), EntityUid.Of("Action", "any")));
    }

    [Theory]
    [InlineData("{\"uid\": {\"type\": \"Nope\", \"id\": \"a\"}, \"attrs\": {}, \"parents\": []}", "the schema has no entity type `Nope`")]
    [InlineData("{\"uid\": {\"type\": \"Color\", \"id\": \"green\"}, \"attrs\": {}, \"parents\": []}", "there is no `Color::\"green\"`")]
    [InlineData("{\"uid\": {\"type\": \"Group\", \"id\": \"a\"}, \"attrs\": {\"x\": 1}, \"parents\": []}", "`Group::\"a\"`: there is no attribute `x` in the schema")]
    [InlineData("{\"uid\": {\"type\": \"Group\", \"id\": \"a\"}, \"attrs\": {}, \"parents\": [], \"tags\": {\"a\": 1}}", "`Group::\"a\"`: the schema has no tags for `Group`")]
    [InlineData("{\"uid\": {\"type\": \"Group\", \"id\": \"a\"}, \"attrs\": {}, \"parents\": [{\"type\": \"Doc\", \"id\": \"d\"}]}", "`Group::\"a\"` is in `Doc::\"d\"`, whose type the schema does not allow there")]
    [InlineData("{\"uid\": {\"type\": \"Admin\", \"id\": \"a\"}, \"attrs\": {}, \"parents\": []}", "`Admin::\"a\"`: the attribute `n` is missing")]
    [InlineData("{\"uid\": {\"type\": \"Admin\", \"id\": \"a\"}, \"attrs\": {\"n\": \"x\"}, \"parents\": []}", "`Admin::\"a\"`: the attribute `n` is a string, not a `Long`")]
    [InlineData("{\"uid\": {\"type\": \"Doc\", \"id\": \"a\"}, \"attrs\": {\"owner\": {\"type\": \"Group\", \"id\": \"g\"}}, \"parents\": []}", "`Doc::\"a\"`: the attribute `owner` is `Group::\"g\"`, not a `User`")]
    [InlineData("{\"uid\": {\"type\": \"Action\", \"id\": \"nope\"}, \"attrs\": {}, \"parents\": []}", "the schema has no action `Action::\"nope\"`")]
    [InlineData("{\"uid\": {\"type\": \"Action\", \"id\": \"view\"}, \"attrs\": {}, \"parents\": []}", "`Action::\"view\"` is not the action that the schema declares")]
    public void What_does_not_fit_is_refused_at_its_place(string entity, string message)
    {
        Assert.False(EntityValidator.TryParse(new("entities.json", $"[\n  {entity}]"), Schemas.Sample, out var store, out var errors));
        Assert.Null(store);
        Assert.Equal($"entities.json:2:3: {message}", Assert.Single(errors).ToString());
    }

    [Fact]
    public void The_actions_of_the_schema_may_be_repeated()
    {
        Assert.True(TryParse("""[{"uid": {"type": "Action", "id": "view"}, "attrs": {}, "parents": [{"type": "Action", "id": "any"}]}]""", out var store, out var problems), problems);
        Assert.Equal(Schemas.Sample.Actions.Count, store!.Count);
    }

    [Fact]
    public void Entities_that_were_made_elsewhere_are_held_against_the_schema_too()
    {
        Entity wrong = new(EntityUid.Of("Admin", "a")), right = new(EntityUid.Of("Group", "g"), parents: [EntityUid.Of("Group", "h")]);

        Assert.True(EntityValidator.TryCreate([right], Schemas.Sample, out var store, out _));
        Assert.Empty(EntityValidator.Validate(store, Schemas.Sample));
        Assert.False(EntityValidator.TryCreate([right, wrong], Schemas.Sample, out _, out var errors));
        Assert.Equal("`Admin::\"a\"`: the attribute `n` is missing", Assert.Single(errors).Message);
    }

    private static string Value(CedarRecord record, string name) => record.TryGet(name, out var value) ? value.ToString() : "";

    private static bool TryParse(string json, out EntityStore? store, out string problems)
    {
        var isRead = EntityValidator.TryParse(new("entities.json", json), Schemas.Sample, out store, out var errors);
        problems = string.Join('\n', errors);
        return isRead;
    }
}
