using System.Globalization;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tests.Entities;

/// <summary>Entities and their hierarchy: what is in what, and what is no hierarchy.</summary>
public sealed class EntityStoreTests
{
    [Fact]
    public void An_entity_is_in_all_that_is_above_it_and_in_itself()
    {
        Assert.True(Sample.Store.IsIn(User("alice"), Group("g2")));
        Assert.True(Sample.Store.IsIn(User("ghost"), User("ghost")));
        Assert.False(Sample.Store.IsIn(Group("g2"), Group("g1")));
        Assert.Equal([Group("g1"), Group("g2")], Sample.Store.AncestorsOf(User("alice")).Order(s_byText));
        Assert.Empty(Sample.Store.AncestorsOf(User("ghost")));
    }

    [Fact]
    public void A_missing_link_breaks_the_chain_but_need_not_exist()
    {
        var store = Sample.StoreOf("""
            [{"uid": {"type": "User", "id": "a"}, "attrs": {}, "parents": [{"type": "Group", "id": "missing"}]},
             {"uid": {"type": "Group", "id": "other"}, "attrs": {}, "parents": [{"type": "Group", "id": "top"}]}]
            """);

        Assert.True(store.IsIn(User("a"), Group("missing")));
        Assert.False(store.IsIn(User("a"), Group("top")));
    }

    [Fact]
    public void Of_layered_stores_the_first_that_has_an_entity_says_what_it_is()
    {
        var top = Sample.StoreOf("""[{"uid": {"type": "User", "id": "a"}, "attrs": {"n": 1}, "parents": [{"type": "Group", "id": "x"}]}]""");
        var middle = Sample.StoreOf("""[{"uid": {"type": "User", "id": "b"}, "attrs": {"n": 2}, "parents": []}]""");
        var bottom = Sample.StoreOf("""
            [{"uid": {"type": "User", "id": "a"}, "attrs": {"n": 9}, "parents": []}, {"uid": {"type": "Group", "id": "x"}, "attrs": {}, "parents": [{"type": "Group", "id": "y"}]}]
            """);

        var store = EntityStore.Layered(top, EntityStore.Layered(middle, bottom));

        Assert.Equal([1, 2], new[] { "a", "b" }.Select(id => store.Find(User(id))!.Attributes.TryGet("n", out var value) && value.TryGet(out long n) ? n : 0));
        Assert.Equal((3, 3), (store.Count, store.Entities.Count()));
        Assert.True(store.IsIn(User("a"), Group("x")));
        Assert.True(store.IsIn(Group("x"), Group("y")));
        // What an entity is in is settled within its own store.
        Assert.False(store.IsIn(User("a"), Group("y")));
        Assert.Null(store.Find(User("ghost")));
    }

    [Fact]
    public void An_entity_has_what_was_read()
    {
        var alice = Sample.Store.Find(User("alice"))!;

        Assert.Equal(9, alice.Attributes.Count);
        Assert.Equal(2, alice.Tags.Count);
        Assert.Equal([Group("g1")], alice.Parents.ToArray());
        Assert.Null(Sample.Store.Find(User("ghost")));
        Assert.Equal(5, Sample.Store.Count);
        Assert.Equal(5, Sample.Store.Entities.Count());
    }

    [Theory]
    [InlineData("{}", "this is an object; expected an array of entities")]
    [InlineData("[1]", "no `uid`")]
    [InlineData("[{\"uid\": \"A\", \"attrs\": {}, \"parents\": []}]", "does not name an entity")]
    [InlineData("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"parents\": []}]", "no `attrs`")]
    [InlineData("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {}}]", "no `parents`")]
    [InlineData("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": [], \"parents\": []}]", "this is an array; expected an object")]
    [InlineData("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {}, \"parents\": {}}]", "expected an array of names")]
    [InlineData("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {}, \"parents\": [\"B\"]}]", "does not name an entity")]
    [InlineData("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {}, \"parents\": [], \"tags\": 1}]", "this is a number; expected an object")]
    [InlineData("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {\"a\": null}, \"parents\": []}]", "no null")]
    [InlineData("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {}, \"parents\": [{\"type\": \"A\", \"id\": \"x\"}]}]", "above itself")]
    [InlineData("[{\"uid\": {\"type\": \"Action\", \"id\": \"x\"}, \"attrs\": {}, \"parents\": [{\"type\": \"A\", \"id\": \"x\"}]}]", "actions in actions only")]
    [InlineData("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {}, \"parents\": []}, {\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {\"a\": 1}, \"parents\": []}]", "there twice")]
    public void These_are_no_entities(string json, string because)
    {
        Assert.False(EntityStore.TryParse(new("entities.json", json), out var store, out var errors));
        Assert.Null(store);
        Assert.Contains(because, errors[0].Message, StringComparison.Ordinal);
        Assert.StartsWith("entities.json:1:", errors[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_reported()
    {
        Assert.False(EntityStore.TryParse(new("entities.json", "[\n1,\n2,\n{}]"), out _, out var errors));
        Assert.Equal([2, 3, 4], errors.Select(error => error.At!.Value.Line));
    }

    [Fact]
    public void The_same_entity_twice_is_one()
    {
        Entity Make() => new(User("a"), CedarRecord.Of([new("n", CedarValue.Of(1))]), [Group("g"), Group("h")]);
        var turned = new Entity(User("a"), CedarRecord.Of([new("n", CedarValue.Of(1))]), [Group("h"), Group("g"), Group("h")]);

        Assert.True(EntityStore.TryCreate([Make(), turned], out var store, out _));
        Assert.Equal(1, store.Count);
        Assert.False(EntityStore.TryCreate([Make(), new(User("a"))], out _, out var errors));
        Assert.Equal("the entity `User::\"a\"` is there twice, and not the same", Assert.Single(errors).ToString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(1_000)]
    public void A_circle_of_any_length_is_found(int length)
    {
        var entities = Enumerable.Range(0, length).Select(i => new Entity(Group(i), null, [Group((i + 1) % length)]));

        Assert.False(EntityStore.TryCreate(entities, out _, out var errors));
        Assert.Contains("above itself", errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_ways_up_are_no_circle()
    {
        Entity[] diamond = [new(Group("d"), null, [Group("b"), Group("c")]), new(Group("b"), null, [Group("a")]), new(Group("c"), null, [Group("a")]), new(Group("a"))];

        Assert.True(EntityStore.TryCreate(diamond, out var store, out _));
        Assert.Equal(3, store.AncestorsOf(Group("d")).Length);
        Assert.True(EntityStore.TryCreate(diamond.Reverse(), out store, out _));
        Assert.Equal(3, store.AncestorsOf(Group("d")).Length);
    }

    [Fact]
    public void A_long_chain_takes_no_stack()
    {
        var chain = Enumerable.Range(0, 3_000).Select(i => new Entity(Group(i), null, [Group(i + 1)]));

        Assert.True(EntityStore.TryCreate(chain, out var store, out _));
        Assert.Equal(3_000, store.AncestorsOf(Group(0)).Length);
        Assert.True(store.IsIn(Group(0), Group(3_000)));
    }

    [Fact]
    public void A_hierarchy_that_would_be_too_large_is_refused()
    {
        var chain = Enumerable.Range(0, 100_000).Select(i => new Entity(Group(i), null, [Group(i + 1)]));

        Assert.False(EntityStore.TryCreate(chain, out _, out var errors));
        Assert.Contains("too large", Assert.Single(errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_parents_with_the_same_above_them_are_refused_before_they_take_long()
    {
        var top = Enumerable.Range(0, 2_000).Select(i => new Entity(Group(i), null, i == 0 ? [] : [Group(i - 1)]));
        var all = Enumerable.Range(0, 2_000).Select(i => Group(i)).ToArray();
        var bottom = Enumerable.Range(0, 2_000).Select(i => new Entity(User(i.ToString(CultureInfo.InvariantCulture)), null, [.. all]));

        Assert.False(EntityStore.TryCreate(top.Concat(bottom), out _, out var errors));
        Assert.Contains("too large", errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hundred_thousand_entities_are_read()
    {
        var json = "[" + string.Join(',', Enumerable.Range(0, 100_000).Select(i =>
            $"{{\"uid\":{{\"type\":\"User\",\"id\":\"{i}\"}},\"attrs\":{{\"n\":{i}}},\"parents\":[{{\"type\":\"Group\",\"id\":\"{i % 100}\"}}]}}")) + "]";

        Assert.Equal(100_000, Sample.StoreOf(json).Count);
    }

    [Fact]
    public void Unknown_members_are_ignored() =>
        Assert.Equal(1, Sample.StoreOf("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {}, \"parents\": [], \"more\": null}]").Count);

    private static readonly Comparer<EntityUid> s_byText = Comparer<EntityUid>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));

    private static EntityUid User(string id) => EntityUid.Of("User", id);

    private static EntityUid Group(string id) => EntityUid.Of("Group", id);

    private static EntityUid Group(int id) => Group(id.ToString(CultureInfo.InvariantCulture));
}
