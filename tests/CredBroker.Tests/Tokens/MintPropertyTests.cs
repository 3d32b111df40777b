using CredBroker.Core.Capabilities;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Tests.Capabilities;
using CredBroker.Tests.Policies;
using FsCheck;
using FsCheck.Fluent;
using static CredBroker.Tests.Tokens.Mints;

namespace CredBroker.Tests.Tokens;

/// <summary>What holds of every grant, whatever was asked and whatever the facts.</summary>
public sealed class MintPropertyTests
{
    private static readonly Gen<TimeSpan> Spans = Gen.Choose(1, 8_000_000).Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds));

    private static readonly Gen<(MintAsk Ask, MintFacts Facts, DateTimeOffset Now)> Cases =
        from envelope in Generate.Capability
        from asked in Gen.OneOf(Generate.Within(envelope), Generate.Capability)
        from allowed in Gen.OneOf(Gen.Constant(envelope), Gen.Constant(asked), Generate.Capability)
        from risk in Gen.Elements(RiskClass.Read, RiskClass.Write, RiskClass.Privileged)
        from state in Gen.Frequency((8, Gen.Constant(TaskState.Active)), (1, Gen.Constant(TaskState.Waiting)), (1, Gen.Constant(TaskState.Ended)))
        from mine in Gen.Frequency((9, Gen.Constant(true)), (1, Gen.Constant(false)))
        from spent in Gen.Choose(0, 11)
        from left in Spans
        from beat in Spans
        from tool in Spans
        from ceiling in Spans
        from life in Gen.Choose(-2_000, 10_000).Select(seconds => seconds < 1 ? (TimeSpan?)null : TimeSpan.FromSeconds(seconds))
        from binding in Gen.Elements(Key, Certificate, new Binding.Bearer())
        from bearer in Gen.Elements(true, false)
        from ticks in Gen.Choose(0, 9_999_999)
        let now = new DateTimeOffset(2026, 11, 20, 11, 53, 0, TimeSpan.Zero).AddTicks(ticks)
        let rule = Rules.Of(asked.Tool.ToString(), asked.Action.ToString()) with
        {
            Risk = risk, MaxTokenLifetime = tool, BearerAllowed = bearer, Parameters = TypesOf(asked),
        }
        select (
            Ask with { Capability = asked, Binding = binding, TimeToLive = life, Workload = mine ? Live.Workload : Tasks.Facts.Other },
            new MintFacts
            {
                Task = Live with
                {
                    Envelope = Make.Envelope(envelope), State = state, Spent = spent, Deadline = now + left, HeartbeatDue = now + beat,
                },
                CatalogVersion = 1,
                CatalogDigest = [],
                Policies = Policed.By(Policed.Unprivileged, rule),
                Found = new(true, rule),
                Allowed = new([allowed]),
                AllowedAbove = [],
                DelegationDepth = 0,
                RiskCeiling = ceiling,
            },
            now);

    [Fact]
    public void Every_grant_is_within_envelope_allow_list_budget_and_clock_and_everything_else_is_denied()
    {
        var granted = 0;
        Properties.Hold(Prop.ForAll(Cases.ToArbitrary(), at =>
        {
            var (ask, facts, now) = at;
            var task = facts.Task!;
            var rule = facts.Found.Rule!;
            var shortest = new[] { rule.MaxTokenLifetime, facts.RiskCeiling, ask.TimeToLive ?? TimeSpan.MaxValue, task.Deadline - now }.Min();
            var expected = ask.Workload == task.Workload
                && task.State == TaskState.Active
                && task.Spent < task.Budget
                && Containment.Contains(task.Envelope.Capabilities[0], ask.Capability)
                && Containment.Contains(facts.Allowed!.Capabilities[0], ask.Capability)
                && rule.Risk != RiskClass.Privileged
                && (ask.Binding is not Binding.Bearer || rule.BearerAllowed)
                && Deadlines.ToSeconds(now + shortest) > now;

            if (Minting.Decide(ask, facts, now) is not MintDecision.Approved(var grant)) return !expected;
            granted++;
            return expected
                && grant.Capability.Equals(ask.Capability)
                && grant.ExpiresAt <= task.Deadline
                && grant.ExpiresAt <= now + shortest
                && grant.ExpiresAt > now
                && grant.IssuedAt <= now
                && grant.ExpiresAt.Ticks % TimeSpan.TicksPerSecond == 0
                && grant.IssuedAt.Ticks % TimeSpan.TicksPerSecond == 0;
        }), 3000);
        Assert.True(granted > 300, $"only {granted} grants: the cases test too little");
    }

    private static System.Collections.Frozen.FrozenDictionary<ParameterName, ParameterType> TypesOf(Capability capability) =>
        System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(capability.Parameters, bound => bound.Name, bound => bound.Constraint.Type);
}
