using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tests.Authorization;

/// <summary>Policies with lists of actions: each is decided once, however many of its list the action is in, and whatever that costs.</summary>
public sealed class ActionListTests
{
    private static readonly EntityUid s_read = Action("read");

    [Theory]
    [InlineData("read", "read", 1)]
    [InlineData("read, write", "", 1)]
    [InlineData("write, read", "", 1)]
    [InlineData("read, read", "", 1)]
    [InlineData("write, delete", "write delete", 1)]
    [InlineData("write, delete, read", "write delete", 1)]
    [InlineData("write, delete", "", 0)]
    [InlineData("write", "write", 1)]
    [InlineData("", "write", 0)]
    public void A_policy_is_decided_once_for_all_of_its_list(string list, string groups, int reasons)
    {
        var names = string.Join(", ", list.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(id => $"Action::\"{id}\""));
        var store = Store(groups.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(id => id != "read").Select(Action));
        var (permits, failing) = ($"permit (principal, action in [{names}], resource);", $"permit (principal, action in [{names}], resource) when {{ context.nope }};");

        var result = Sample.Snapshot(permits + failing).Authorize(Request(s_read), store);
        Assert.Equal((reasons, reasons), (result.ReasonCount, result.ErrorCount));
    }

    [Fact]
    public void A_result_that_is_used_again_knows_nothing_of_the_policies_that_were_decided_before()
    {
        var snapshot = Sample.Snapshot("permit (principal, action in [Action::\"write\", Action::\"delete\"], resource);");
        var (store, result) = (Store([Action("write"), Action("delete")]), new AuthorizationResult());

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(Decision.Allow, snapshot.Authorize(Request(s_read), store, result));
            Assert.Equal(1, result.ReasonCount);
            Assert.Equal(Decision.Deny, snapshot.Authorize(Request(Action("other")), store, result));
        }
    }

    [Fact]
    public void The_same_policy_under_two_ids_is_decided_twice()
    {
        var (builder, policy) = (new PolicySetBuilder(), Make.Policy("permit (principal, action in [Action::\"read\", Action::\"write\"], resource);"));
        Assert.True(builder.TryAdd(new("a"), policy, out _));
        Assert.True(builder.TryAdd(new("b"), policy, out _));

        Assert.Equal(2, PolicySnapshot.Compile(builder.Build()).Authorize(Request(s_read), Store([Action("write")])).ReasonCount);
    }

    [Fact]
    public void An_action_that_is_in_very_many_of_a_list_is_decided_in_linear_time()
    {
        var groups = Enumerable.Range(0, 40_000).Select(i => Action($"g{i}")).ToArray();
        var others = Enumerable.Range(0, 40_000).Select(i => Action($"x{i}"));
        var policy = new CedarPolicy
        {
            Effect = Effect.Permit,
            Principal = new ScopeConstraint.Any(),
            Action = ActionConstraint.OneOf([.. others.Concat(groups).Select(uid => new ActionName(uid))]),
            Resource = new ScopeConstraint.Any(),
        };
        var builder = new PolicySetBuilder();
        Assert.True(builder.TryAdd(new("p"), policy, out _));
        var (snapshot, store, result) = (PolicySnapshot.Compile(builder.Build()), Store(groups.Reverse()), new AuthorizationResult());

        // Asking for each group whether another of the list came before would take a minute each time.
        for (var i = 0; i < 20; i++) Assert.Equal(Decision.Allow, snapshot.Authorize(Request(s_read), store, result));
        Assert.Equal(1, result.ReasonCount);
    }

    [Fact]
    public void A_list_of_actions_allocates_nothing()
    {
        var snapshot = Sample.Snapshot("permit (principal, action in [Action::\"write\", Action::\"delete\"], resource);");
        var (store, result, request) = (Store([Action("write"), Action("delete")]), new AuthorizationResult(), Request(s_read));
        for (var i = 0; i < 100; i++) snapshot.Authorize(request, store, result);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) snapshot.Authorize(request, store, result);
        // Less than an object each: a collection that another thread causes takes what is left of this one's piece of the heap, 8 KiB at most.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8_192);
    }

    private static EntityUid Action(string id) => EntityUid.Of("Action", id);

    private static CedarRequest Request(EntityUid action) => new(EntityUid.Of("User", "a"), action, EntityUid.Of("Doc", "d"));

    private static EntityStore Store(IEnumerable<EntityUid> groups)
    {
        Assert.True(EntityStore.TryCreate([new(s_read, parents: [.. groups])], out var store, out var errors), string.Join('\n', errors));
        return store;
    }
}
