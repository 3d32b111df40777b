using CredBroker.Core.Catalog.Differences;
using CredBroker.Tests.Identity;

namespace CredBroker.Tests.Catalog;

public sealed class RandomCatalogTests
{
    /// <summary>From YAML through reader, inherited bounds and lookups to the rules' answer: the same as the naive one, for every call.</summary>
    [Fact]
    public void What_is_written_is_what_is_allowed()
    {
        var random = new Mutations(21);
        var (yes, no) = (0, 0);
        for (var i = 0; i < 150; i++)
        {
            var written = RandomCatalog.Make(random);
            var read = written.Read().Catalog;
            foreach (var call in RandomCatalog.Calls())
            {
                var allowed = RandomCatalog.Allows(read, call);
                if (written.Allows(call) != allowed)
                    Assert.Fail($"{call}: {allowed}");
                _ = allowed ? yes++ : no++;
            }
        }

        Assert.InRange(yes, 500, int.MaxValue); // both answers are given often
        Assert.InRange(no, 500, int.MaxValue);
    }

    /// <summary>What a reviewer relies on: whatever becomes possible stands on some line that is not marked as narrowing only.</summary>
    [Fact]
    public void A_call_that_becomes_possible_shows_in_the_differences_and_so_does_one_that_ends()
    {
        var random = new Mutations(22);
        var (widened, narrowed) = (0, 0);
        for (var i = 0; i < 400; i++)
        {
            var before = RandomCatalog.Make(random);
            var after = before.Changed();
            var differences = CatalogDiff.Between(before.Read(), after.Read());
            var shown = string.Join('\n', differences);

            var gained = RandomCatalog.Calls().FirstOrDefault(c => after.Allows(c) && !before.Allows(c));
            var lost = RandomCatalog.Calls().FirstOrDefault(c => before.Allows(c) && !after.Allows(c));

            Assert.True(gained is null || differences.Any(d => d.Effect == DifferenceEffect.Widens || IsBoth(d)), $"{gained} in\n{shown}");
            Assert.True(lost is null || differences.Any(d => d.Effect == DifferenceEffect.Narrows || IsBoth(d)), $"{lost} in\n{shown}");
            widened += gained is null ? 0 : 1;
            narrowed += lost is null ? 0 : 1;
        }

        Assert.InRange(widened, 50, 400);
        Assert.InRange(narrowed, 50, 400);
    }

    [Fact]
    public void Back_and_forth_the_effects_are_opposite()
    {
        var random = new Mutations(23);
        for (var i = 0; i < 200; i++)
        {
            var before = RandomCatalog.Make(random);
            var (old, @new) = (before.Read(), before.Changed().Read());

            Assert.Equal(
                CatalogDiff.Between(old, @new).CountBy(d => d.Effect).OrderBy(c => c.Key),
                CatalogDiff.Between(@new, old).CountBy(d => Opposite(d.Effect)).OrderBy(c => c.Key));
        }
    }

    /// <summary>One entry became another that allows more here and less there.</summary>
    private static bool IsBoth(CatalogDifference difference) =>
        difference.Effect == DifferenceEffect.Changes && difference.Text.Contains(", was ", StringComparison.Ordinal);

    private static DifferenceEffect Opposite(DifferenceEffect effect) => effect switch
    {
        DifferenceEffect.Widens => DifferenceEffect.Narrows,
        DifferenceEffect.Narrows => DifferenceEffect.Widens,
        _ => effect,
    };
}
