using System.Text.Json.Nodes;
using CredBroker.Core.Audit;
using CredBroker.Core.Catalog;
using CredBroker.Core.Past;
using CredBroker.Tests.Identity;

namespace CredBroker.Tests.Past;

/// <summary>What a replay says, held against what the rules themselves said, or would have, when it happened.</summary>
public sealed class ReplayPropertyTests
{
    private const int Worlds = 120;
    private const int Steps = 120;

    private static readonly DateTimeOffset s_start = new(2026, 11, 20, 11, 53, 0, TimeSpan.Zero);

    [Fact]
    public void The_catalog_that_decided_would_decide_the_same_in_whatever_order_the_record_comes()
    {
        var (decisions, denied) = (0L, 0);
        for (var seed = 1; seed <= Worlds; seed++)
        {
            var random = new Mutations((ulong)seed);
            var catalog = PastCatalogs.Make(random, version: 1);
            var world = new PastWorld(random, catalog, s_start);
            for (var step = 0; step < Steps; step++)
            {
                if (step % 7 == 6) world.Race(catalog);
                else world.Step(catalog);
            }

            var totals = Replay(Shuffled(world.Record, random), catalog, [catalog], (replayed, _) =>
            {
                if (replayed is not Replayed.Unchanged) Assert.Fail($"seed {seed}: {Told(replayed)} under\n{catalog.Files.Contents["policies.cedar"].Length} bytes of policies");
            });
            decisions += totals.Decisions;
            denied += world.Record.Count(entry => entry.Kind is AuditKind.MintDenied or AuditKind.UseDenied or AuditKind.TaskDenied);
        }

        Assert.True(decisions > 5_000 && denied > 1_000 && decisions - denied > 1_000, $"{decisions} decisions, {denied} of them denials, tell too little");
    }

    [Fact]
    public void What_the_tree_was_granted_adds_up_to_what_policies_looked_at_also_where_that_is_not_on_record()
    {
        var decisions = 0L;
        for (var seed = 1; seed <= Worlds; seed++)
        {
            var random = new Mutations((ulong)(seed + 20_000));
            var catalog = PastCatalogs.Make(random, version: 1);
            var world = new PastWorld(random, catalog, s_start);
            for (var step = 0; step < Steps; step++)
            {
                if (step % 4 == 3) world.Race(catalog);
                else world.Step(catalog);
            }

            decisions += Replay([.. world.Record.Select(WithoutInputs)], catalog, [catalog], (replayed, _) =>
            {
                if (replayed is not Replayed.Unchanged) Assert.Fail($"seed {seed}: {Told(replayed)}");
            }).Decisions;
        }

        Assert.True(decisions > 5_000, $"{decisions} decisions tell too little");
    }

    [Fact]
    public void Another_catalog_would_decide_as_its_rules_would_have_at_that_moment()
    {
        var totals = new ReplayTotals();
        for (var seed = 1; seed <= Worlds; seed++)
        {
            var random = new Mutations((ulong)(seed + 10_000));
            CatalogSnapshot[] catalogs = [PastCatalogs.Make(random, 1), PastCatalogs.Make(random, 2), PastCatalogs.Make(random, 3)];
            var candidate = PastCatalogs.Make(random, 0);
            var world = new PastWorld(random, candidate, s_start);
            for (var step = 0; step < Steps; step++) world.Step(catalogs[step * catalogs.Length / Steps]);

            Replay(world.Record, candidate, catalogs, (replayed, decision) =>
            {
                totals.Add(replayed);
                var expected = world.Expected[decision.Id.Value];
                var wrong = replayed switch
                {
                    Replayed.Unchanged => expected != decision.Was.Outcome,
                    Replayed.Changed(_, var would) => expected != would.Outcome,
                    // Nobody knows whether an approval would have counted that policies did not come to ask for.
                    _ => decision.Was.Reason != Core.Reason.AudienceNotServed && !(decision.HasApproval && !decision.Approved),
                };
                if (wrong) Assert.Fail($"seed {seed}: the rules would have said {expected} to {decision}, and this is {Told(replayed)}");
            });
        }

        Assert.True(totals.Changed.Count() >= 12, $"these kinds of differences tell too little: {string.Join("; ", totals.Changed)}");
    }

    private static ReplayTotals Replay(
        IReadOnlyCollection<AuditEntry> record, CatalogSnapshot candidate, IEnumerable<CatalogSnapshot> catalogs, Action<Replayed, PastDecision> check)
    {
        var replaying = new Replaying(candidate);
        foreach (var catalog in catalogs) replaying.Learn(catalog.Version, catalog.Catalog);
        var totals = new ReplayTotals();
        foreach (var entry in record)
        {
            var past = PastEntryReader.Read(entry.Kind, entry.Payload);
            Assert.NotNull(past);
            replaying.Feed(past, judge: true, Told);

            void Told(Replayed replayed)
            {
                totals.Add(replayed);
                check(replayed, (replayed as Replayed.Changed)?.Decision ?? past.Decision!);
            }
        }

        replaying.Finish(replayed => Assert.Fail($"something was never on record: {Told(replayed)}"));
        Assert.Equal(record.Count(entry => entry.Kind != AuditKind.TaskStarted), totals.Decisions);
        return totals;
    }

    // As entries come that several replicas wrote: a few places off.
    private static List<AuditEntry> Shuffled(List<AuditEntry> record, Mutations random) =>
        [.. record.Select((entry, place) => (entry, place: place + random.Next(6))).OrderBy(one => one.place).Select(one => one.entry)];

    private static AuditEntry WithoutInputs(AuditEntry entry)
    {
        var payload = JsonNode.Parse(entry.Payload)!;
        if (payload["policy"] is JsonObject policy) policy["inputs"] = new JsonObject();
        return AuditEntry.Of(entry.Id, entry.Kind, entry.TaskId, entry.DecisionId, payload.ToJsonString());
    }

    private static string Told(Replayed replayed) => replayed switch
    {
        Replayed.Changed(var decision, var would) => $"{would} instead of {decision}",
        Replayed.Untold(var missing) => $"untold for want of {missing}",
        _ => "unchanged",
    };
}
