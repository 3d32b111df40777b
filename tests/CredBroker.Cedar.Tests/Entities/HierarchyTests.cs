using System.Collections.Immutable;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Values;
using CredBroker.Tests;
using FsCheck;
using FsCheck.Fluent;

namespace CredBroker.Cedar.Tests.Entities;

/// <summary>Random graphs of entities: the store is what following every parent by hand comes to, or refuses exactly the graphs with circles.</summary>
public sealed class HierarchyTests
{
    private const int Size = 7;

    private static readonly EntityUid[] s_uids = [.. Enumerable.Range(0, Size).Select(i => EntityUid.Of("E", $"{i}"))];

    /// <summary>For each entity its parents; null for one that does not exist.</summary>
    private static readonly Gen<int[]?[]> s_graphs = Gen.ArrayOf(
        Gen.Frequency((1, Gen.Constant<int[]?>(null)), (6, Gen.ArrayOf(Gen.Choose(0, Size - 1)).Resize(3).Select(parents => (int[]?)parents))), Size);

    [Fact]
    public void A_store_has_all_ways_upwards_and_no_others()
    {
        var cases = from graph in s_graphs from order in Gen.Shuffle(Enumerable.Range(0, Size).ToArray()) select (graph: WithoutCircles(graph), order);

        Properties.Hold(Prop.ForAll(cases.ToArbitrary(), sample =>
        {
            Assert.True(EntityStore.TryCreate(EntitiesOf(sample.graph, sample.order), out var store, out _));
            for (var from = 0; from < Size; from++)
            {
                var above = Above(sample.graph, from);
                if (!store.AncestorsOf(s_uids[from]).ToHashSet().SetEquals(above.Select(i => s_uids[i]))) return false;
                for (var to = 0; to < Size; to++)
                    if (store.IsIn(s_uids[from], s_uids[to]) != (from == to || above.Contains(to))) return false;
            }

            return true;
        }), 2_000);
    }

    [Fact]
    public void A_graph_is_refused_when_it_has_a_circle_and_only_then()
    {
        var cases = from graph in s_graphs from order in Gen.Shuffle(Enumerable.Range(0, Size).ToArray()) select (graph, order);

        Properties.Hold(Prop.ForAll(cases.ToArbitrary(), sample =>
        {
            var hasCircle = Enumerable.Range(0, Size).Any(i => sample.graph[i] is not null && Above(sample.graph, i).Contains(i));
            var isCreated = EntityStore.TryCreate(EntitiesOf(sample.graph, sample.order), out var store, out var errors);
            return isCreated != hasCircle && (store is null) == hasCircle && errors.Length == (hasCircle ? 1 : 0);
        }), 2_000);
    }

    [Fact]
    public void The_entity_that_is_named_as_above_itself_is()
    {
        Properties.Hold(Prop.ForAll(s_graphs.ToArbitrary(), graph =>
        {
            if (EntityStore.TryCreate(EntitiesOf(graph, [.. Enumerable.Range(0, Size)]), out _, out var errors)) return true;
            var named = Enumerable.Range(0, Size).Single(i => errors[0].Problem == $"the entity `E::\"{i}\"` is above itself");
            return Above(graph, named).Contains(named);
        }), 2_000);
    }

    [Theory]
    [InlineData("«{}»", "this is an object; expected an array of entities")]
    [InlineData("[«1»]", "this entity has no `uid`; expected `uid`, `attrs` and `parents`")]
    [InlineData("[«{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"parents\": []}»]", "this entity has no `attrs`; expected `uid`, `attrs` and `parents`")]
    [InlineData("[{\"uid\": «\"A::\\\"x\\\"\"», \"attrs\": {}, \"parents\": []}]", "this does not name an entity; expected `{\"type\": …, \"id\": …}`")]
    [InlineData("[{\"uid\": «{\"type\": \"A b\", \"id\": \"x\"}», \"attrs\": {}, \"parents\": []}]", "`A b` is not the name of a type; expected identifiers joined by `::`")]
    [InlineData("[{\"uid\": {\"__entity\": «{\"type\": \"\", \"id\": \"x\"}»}, \"attrs\": {}, \"parents\": []}]", "`` is not the name of a type; expected identifiers joined by `::`")]
    [InlineData("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {\"a\": [1, «null»]}, \"parents\": []}]", "Cedar has no null; expected a value, or nothing at all")]
    [InlineData("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {\"a\": {\"b\": «1e3»}}, \"parents\": []}]", "Cedar has no number `1e3`; expected a whole number of 64 bits, without fraction and exponent")]
    [InlineData("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {\"a\": 1, «\"a\"»: 1}, \"parents\": []}]", "the name `a` is there twice")]
    [InlineData("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {\"a\": {\"__extn\": «{\"fn\": \"ip\", \"arg\": \"x\"}»}}, \"parents\": []}]", "the text is not an address of IPv4 or IPv6, or a range of them")]
    [InlineData("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {\"a\": {\"__extn\": «{\"fn\": \"ip\", \"arg\": 1}»}}, \"parents\": []}]", "these are no arguments for `ip`; expected a string")]
    [InlineData("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {\"a\": {\"__extn\": «{\"fn\": \"offset\", \"args\": []}»}}, \"parents\": []}]",
        "these are no arguments for `offset`; expected a datetime and a duration")]
    [InlineData("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {\"a\": «{\"__expr\": \"1\"}»}, \"parents\": []}]", "the escape `__expr` is not supported; expected `__entity` or `__extn`")]
    [InlineData("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {}, \"parents\": «{}»}]", "this is an object; expected an array of names of entities")]
    [InlineData("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {}, \"parents\": [{\"type\": \"B\", \"id\": \"\"}, «null»]}]", "this does not name an entity; expected `{\"type\": …, \"id\": …}`")]
    [InlineData("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {}, \"parents\": [], \"tags\": «[]»}]", "this is an array; expected an object")]
    [InlineData("[«{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {}, \"parents\": [{\"type\": \"A\", \"id\": \"x\"}]}»]", "the entity `A::\"x\"` is above itself")]
    [InlineData("[{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {}, \"parents\": []}, «{\"uid\": {\"type\": \"A\", \"id\": \"x\"}, \"attrs\": {}, \"parents\": [], \"tags\": {\"a\": 1}}»]",
        "the entity `A::\"x\"` is there twice, and not the same")]
    [InlineData("[«{\"uid\": {\"type\": \"N::Action\", \"id\": \"x\"}, \"attrs\": {}, \"parents\": [{\"type\": \"Actions\", \"id\": \"x\"}]}»]",
        "the action `N::Action::\"x\"` is in `Actions::\"x\"`; expected actions in actions only")]
    public void A_mistake_in_json_is_refused_at_its_place(string json, string message)
    {
        var marked = Marked.Of(json);

        Assert.False(EntityStore.TryParse(new("entities.json", marked.Text), out var store, out var errors));
        Assert.Null(store);
        marked.Is(Assert.Single(errors), message);
    }

    private static IEnumerable<Entity> EntitiesOf(int[]?[] graph, int[] order) =>
        from i in order let parents = graph[i] where parents is not null select new Entity(s_uids[i], parents: [.. parents.Select(parent => s_uids[parent])]);

    private static int[]?[] WithoutCircles(int[]?[] graph) => [.. graph.Select((parents, i) => parents?.Where(parent => parent > i).ToArray())];

    private static ImmutableHashSet<int> Above(int[]?[] graph, int from)
    {
        var found = ImmutableHashSet<int>.Empty;
        for (var rest = ImmutableStack.CreateRange(graph[from] ?? []); !rest.IsEmpty;)
        {
            rest = rest.Pop(out var next);
            if (found.Contains(next)) continue;
            found = found.Add(next);
            foreach (var parent in graph[next] ?? []) rest = rest.Push(parent);
        }

        return found;
    }
}
