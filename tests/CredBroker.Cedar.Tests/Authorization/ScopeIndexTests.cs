using System.Collections.Immutable;
using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;
using CredBroker.Tests;
using FsCheck;
using FsCheck.Fluent;

namespace CredBroker.Cedar.Tests.Authorization;

/// <summary>The index finds exactly the policies whose scope is met: the same that asking each would find.</summary>
public sealed class ScopeIndexTests
{
    private static readonly EntityUid[] s_uids = [.. "abcd".Select(id => EntityUid.Of("User", id.ToString())), .. "efg".Select(id => EntityUid.Of("Group", id.ToString()))];
    private static readonly EntityUid[] s_actions = [.. "pqrs".Select(id => EntityUid.Of("Action", id.ToString()))];
    private static readonly EntityType[] s_types = [EntityType.Parse("User"), EntityType.Parse("Group"), EntityType.Parse("Other")];

    private static readonly Gen<EntityOrSlot> s_entities = Gen.Elements(s_uids).Select(uid => new EntityOrSlot(uid));

    private static readonly Gen<ScopeConstraint> s_scopes = Gen.OneOf(
        Gen.Constant<ScopeConstraint>(new ScopeConstraint.Any()),
        s_entities.Select(entity => (ScopeConstraint)new ScopeConstraint.Equal(entity)),
        s_entities.Select(entity => (ScopeConstraint)new ScopeConstraint.In(entity)),
        Gen.Elements(s_types).Select(type => (ScopeConstraint)new ScopeConstraint.Is(new(type))),
        from type in Gen.Elements(s_types) from entity in s_entities select (ScopeConstraint)new ScopeConstraint.IsIn(new(type), entity));

    private static readonly Gen<ActionName> s_names = Gen.Elements(s_actions).Select(uid => new ActionName(uid));

    private static readonly Gen<ActionConstraint> s_actionScopes = Gen.OneOf(
        Gen.Constant<ActionConstraint>(new ActionConstraint.Any()),
        s_names.Select(name => (ActionConstraint)new ActionConstraint.Equal(name)),
        s_names.Select(name => (ActionConstraint)new ActionConstraint.In(name)),
        Gen.ListOf(s_names).Resize(4).Select(names => (ActionConstraint)new ActionConstraint.InSet([.. names])));

    private static readonly Gen<CedarPolicy> s_policies =
        from effect in Gen.Elements(Effect.Permit, Effect.Forbid)
        from principal in s_scopes
        from action in s_actionScopes
        from resource in s_scopes
        from condition in Gen.Elements("true", "false", "1", "context.nope")
        select new CedarPolicy
        {
            Effect = effect,
            Principal = principal,
            Action = action,
            Resource = resource,
            Conditions = [new(false, Make.Expression(condition))],
        };

    // Parents come later in the order, so that there are no circles.
    private static readonly Gen<EntityStore> s_stores =
        from users in Gen.ArrayOf(Gen.SubListOf(Enumerable.Range(0, s_uids.Length)), s_uids.Length)
        from actions in Gen.ArrayOf(Gen.SubListOf(Enumerable.Range(0, s_actions.Length)), s_actions.Length)
        select Store([.. Above(s_uids, users), .. Above(s_actions, actions)]);

    private static readonly Gen<CedarRequest> s_requests =
        from principal in Gen.Elements(s_uids)
        from action in Gen.Elements(s_actions)
        from resource in Gen.Elements(s_uids)
        select new CedarRequest(principal, action, resource);

    [Fact]
    public void Every_decision_is_the_one_that_asking_each_policy_would_give()
    {
        var cases = from policies in Gen.ListOf(s_policies).Resize(30) from store in s_stores from request in s_requests select (policies, store, request);

        Properties.Hold(Prop.ForAll(cases.ToArbitrary(), sample =>
        {
            var result = SnapshotOf(sample.policies).Authorize(sample.request, sample.store);
            var met = sample.policies.Select((policy, i) => (Policy: policy, Id: $"policy{i:d3}")).Where(one => IsMet(one.Policy, sample.request, sample.store)).ToList();
            string[] With(Effect effect) => [.. met.Where(one => one.Policy.Effect == effect && one.Policy.Conditions[0].Body.ToString() == "true").Select(one => one.Id)];
            var isAllowed = With(Effect.Permit).Length > 0 && With(Effect.Forbid).Length == 0;
            var failing = met.Where(one => one.Policy.Conditions[0].Body.ToString() is "1" or "context.nope").Select(one => one.Id);
            return result.Decision == (isAllowed ? Decision.Allow : Decision.Deny)
                && result.Reasons.Select(id => id.Value).Order().SequenceEqual(With(isAllowed ? Effect.Permit : Effect.Forbid))
                && result.Errors.Select(error => error.Policy.Value).Order().SequenceEqual(failing);
        }), 2_000);
    }

    [Fact]
    public void Another_forbid_never_turns_a_denial_into_an_approval()
    {
        var forbids = s_policies.Where(policy => policy.Effect == Effect.Forbid);
        var cases = from policies in Gen.ListOf(s_policies).Resize(10) from forbid in forbids from store in s_stores from request in s_requests
                    select (policies, forbid, store, request);

        Properties.Hold(Prop.ForAll(cases.ToArbitrary(), sample =>
        {
            var before = SnapshotOf(sample.policies).Authorize(sample.request, sample.store).Decision;
            var after = SnapshotOf([.. sample.policies, sample.forbid]).Authorize(sample.request, sample.store).Decision;
            return before == Decision.Allow || after == Decision.Deny;
        }), 2_000);
    }

    [Fact]
    public void Another_permit_never_turns_an_approval_into_a_denial()
    {
        var permits = s_policies.Where(policy => policy.Effect == Effect.Permit);
        var cases = from policies in Gen.ListOf(s_policies).Resize(10) from permit in permits from store in s_stores from request in s_requests
                    select (policies, permit, store, request);

        Properties.Hold(Prop.ForAll(cases.ToArbitrary(), sample =>
        {
            var before = SnapshotOf(sample.policies).Authorize(sample.request, sample.store).Decision;
            var after = SnapshotOf([.. sample.policies, sample.permit]).Authorize(sample.request, sample.store).Decision;
            return before == Decision.Deny || after == Decision.Allow;
        }), 2_000);
    }

    [Fact]
    public void An_action_that_is_in_several_of_a_list_meets_the_policy_once()
    {
        var store = Store([new(s_actions[0], null, [s_actions[1], s_actions[2]])]);
        var result = Sample.Snapshot("permit (principal, action in [Action::\"q\", Action::\"r\", Action::\"p\", Action::\"q\"], resource);")
            .Authorize(new(s_uids[0], s_actions[0], s_uids[1]), store);

        Assert.Single(result.Reasons);
    }

    [Fact]
    public void A_container_of_any_type_and_of_one_are_both_found()
    {
        var store = Store([new(s_uids[0], null, [s_uids[4]])]);
        var result = Sample.Snapshot("""
            permit (principal in Group::"e", action, resource);
            permit (principal is User in Group::"e", action, resource);
            permit (principal is Group in Group::"e", action, resource);
            permit (principal in User::"a", action, resource is User in User::"a");
            """).Authorize(new(s_uids[0], s_actions[0], s_uids[0]), store);

        Assert.Equal(["policy0", "policy1", "policy3"], result.Reasons.Order().Select(id => id.Value));
    }

    private static bool IsMet(CedarPolicy policy, CedarRequest request, EntityStore store) =>
        IsMet(policy.Principal, request.Principal, store) && IsMet(policy.Resource, request.Resource, store) && policy.Action switch
        {
            ActionConstraint.Any => true,
            ActionConstraint.Equal equal => equal.Action.Uid.Equals(request.Action),
            var within => within.Actions.Any(action => store.IsIn(request.Action, action.Uid)),
        };

    private static bool IsMet(ScopeConstraint constraint, EntityUid uid, EntityStore store) => constraint switch
    {
        ScopeConstraint.Equal equal => uid.Equals(equal.Entity.Entity),
        ScopeConstraint.In within => store.IsIn(uid, within.Entity.Entity!),
        ScopeConstraint.Is type => uid.Type.Equals(type.Type.Type),
        ScopeConstraint.IsIn within => uid.Type.Equals(within.Type.Type) && store.IsIn(uid, within.Entity.Entity!),
        _ => true,
    };

    private static PolicySnapshot SnapshotOf(IEnumerable<CedarPolicy> policies)
    {
        var builder = new PolicySetBuilder();
        foreach (var (i, policy) in policies.Index()) Assert.True(builder.TryAdd(new($"policy{i:d3}"), policy, out _));
        return PolicySnapshot.Compile(builder.Build());
    }

    private static IEnumerable<Entity> Above(EntityUid[] uids, IEnumerable<int>[] parents) =>
        uids.Select((uid, i) => new Entity(uid, null, [.. parents[i].Where(parent => parent > i).Select(parent => uids[parent])]));

    private static EntityStore Store(ImmutableArray<Entity> entities)
    {
        Assert.True(EntityStore.TryCreate(entities, out var store, out _));
        return store;
    }
}
