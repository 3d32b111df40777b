using System.Diagnostics;
using System.Text;
using CredBroker.Core.Catalog;
using CredBroker.Core.Catalog.Differences;
using CredBroker.Tests.Identity;

namespace CredBroker.Tests.Catalog;

/// <summary>Whatever the input: a catalog, or at least one error with a place in it; never an exception, never for long.</summary>
public sealed class CatalogFuzzTests
{
    private static readonly string[] Fragments =
    [
        "&a ", "*a", "<<: ", "!!str ", "? ", "- ", ": ", "{", "}", "[", "]", ", ", "|\n", ">-\n", "'", "\"", "#", "---\n", "...\n", "%YAML 1.1\n", "~", "null",
        "\n", "\n  ", "\t", "\\x41", "\\U00110000", "0x1F", "-9223372036854775809", "1e9", "**", "../..", "\u0085", "\u2028", "\0", "é", "spiffe://", "one_of", "min",
        "unix", "jwt", "x509", "workloads:", "tools:", "true", "99d", "\"\\ud800\"", "@", "`",
    ];

    private static readonly CatalogSnapshot Base = CatalogText.Valid(CatalogText.Of()).As(1);

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    [InlineData(4UL)]

    public void Mutated_catalogs_are_read_or_refused(ulong seed)
    {
        var damage = new Mutations(seed);
        var sample = SampleCatalogTests.Text();
        var (valid, invalid) = (0, 0);
        for (var i = 0; i < 1_500; i++)
        {
            var text = i % 2 == 0 ? CatalogText.Of() : sample;
            for (var times = 1 + damage.Next(3); times > 0; times--)
                text = Mutate(text, damage);
            if (Check(Encoding.UTF8.GetBytes(text)))
                valid++;
            else
                invalid++;
        }

        // Neither all refused nor all let through: the mutations reach both sides of the reader.
        Assert.InRange(valid, 20, 1_000);
        Assert.InRange(invalid, 500, 1_480);
    }

    [Fact]
    public void Random_bytes_and_random_fragments_are_refused()
    {
        var damage = new Mutations(5);
        for (var i = 0; i < 2_000; i++)
        {
            var text = new StringBuilder();
            for (var left = damage.Next(40); left > 0; left--)
                text.Append(Fragments[damage.Next(Fragments.Length)]);
            Check(Encoding.UTF8.GetBytes(text.ToString()));
            Check(damage.DamageBytes(Encoding.UTF8.GetBytes(text.Append("owner").ToString())));
            Check(Encoding.UTF8.GetBytes(damage.Random(200)));
        }
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("a: ")]
    [InlineData("'")]
    [InlineData("\"")]
    [InlineData("a,")]
    [InlineData("\n")]
    [InlineData("#")]
    [InlineData("&a ")]
    [InlineData("*a ")]
    [InlineData("- a\n")]
    [InlineData("a: 1\n")]
    [InlineData("|\n ")]
    [InlineData("\\")]
    [InlineData("a")]
    [InlineData("%")]
    [InlineData("---\n")]
    public void A_mebibyte_of_anything_is_done_with_in_seconds(string piece)
    {
        var content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, (1 << 20) / Encoding.UTF8.GetByteCount(piece))));
        var clock = Stopwatch.StartNew();

        Check(content);

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    /// <summary>True when it is a catalog.</summary>
    private static bool Check(byte[] content)
    {
        var reading = CatalogText.Read(content, withFiles: !content.AsSpan().StartsWith("# The sample"u8));
        if (reading is CatalogReading.Valid valid)
        {
            AssertProperties(valid);
            return true;
        }
        var problems = CatalogText.Problems(reading);
        Assert.NotEmpty(problems);
        Assert.InRange(problems.Count, 1, 101);
        Assert.All(problems, p =>
        {
            Assert.True(p.At is { Line: >= 1, Column: >= 1 }, p.ToString());
            Assert.InRange(p.ToString().Length, 1, 2_000);
            Assert.DoesNotContain(p.ToString(), char.IsControl);
        });
        return false;
    }

    /// <summary>What holds of every valid catalog.</summary>
    private static void AssertProperties(CatalogReading.Valid valid)
    {
        var one = valid.As(1);
        var reordered = CatalogReader.Read(valid.Files.Contents.Reverse().Select(f => (f.Key, (ReadOnlyMemory<byte>)f.Value.AsMemory())));
        var other = Assert.IsType<CatalogReading.Valid>(reordered).As(1);

        Assert.True(one.Digest.AsSpan().SequenceEqual(other.Digest.AsSpan()), "the digest depends on the order of the files");
        Assert.Empty(CatalogDiff.Between(one, other));
        Assert.Equal(Base.Digest.AsSpan().SequenceEqual(one.Digest.AsSpan()), valid.Files.Contents.Count == Base.Files.Contents.Count
            && valid.Files.Contents.All(f => Base.Files.Contents[f.Key].AsSpan().SequenceEqual(f.Value.AsSpan())));
        Assert.Equal(CatalogDiff.Between(Base, one).Count == 0, CatalogDiff.Between(one, Base).Count == 0);
        Assert.All(CatalogDiff.Between(Base, one), d => Assert.DoesNotContain(d.ToString(), char.IsControl));
        foreach (var capability in one.Catalog.Workloads.Values.SelectMany(w => w.Allow.Capabilities))
            Assert.NotNull(one.Catalog.FindAction(capability.Tool, capability.Action).Rule);
    }

    private static string Mutate(string text, Mutations damage)
    {
        if (text.Length < 2)
            return text + Fragments[damage.Next(Fragments.Length)];
        var at = damage.Next(text.Length);
        var length = Math.Min(1 + damage.Next(12), text.Length - at);
        var lines = text.Split('\n');
        switch (damage.Next(7))
        {
            case 0: return text.Insert(at, Fragments[damage.Next(Fragments.Length)]);
            case 1: return text.Remove(at, length);
            case 2: return text.Insert(at, text.Substring(damage.Next(text.Length - length + 1), length));
            case 3: return text[..at] + Fragments[damage.Next(Fragments.Length)] + text[(at + length)..];
            case 4: return string.Join('\n', lines.Where((_, i) => i != at % lines.Length));                    // a line less
            case 5: return string.Join('\n', lines.Select((l, i) => i == at % lines.Length ? l + '\n' + l : l));  // a line twice
            default: return damage.Damage(text);
        }
    }
}
