using CredBroker.Cli.Grammar;
using CredBroker.Cli.Output;
using CredBroker.Tests.Identity;
using CredBroker.V1;

namespace CredBroker.Tests.Cli;

public sealed class TextTests
{
    [Theory]
    [InlineData("1s", 1)]
    [InlineData("90s", 90)]
    [InlineData("15m", 900)]
    [InlineData("1h30m", 5400)]
    [InlineData("2d", 172_800)]
    [InlineData("1d1h1m1s", 90_061)]
    public void Lengths_of_time_are_numbers_with_units(string text, int seconds)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("0s")]
    [InlineData("0h0m")]
    [InlineData("-1s")]
    [InlineData("1.5h")]
    [InlineData("1m1h")]
    [InlineData("1s1s")]
    [InlineData(" 1s")]
    [InlineData("1s\n")]
    [InlineData("1S")]
    [InlineData("10000s")]
    [InlineData("١s")]
    public void Anything_else_is_no_length_of_time(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Fact]
    public void Lengths_of_time_are_read_as_they_are_written()
    {
        var mutations = new Mutations(20261120);
        for (var i = 0; i < 10_000; i++)
        {
            var duration = TimeSpan.FromSeconds(1 + mutations.Next(10_000_000));
            Assert.True(DurationText.TryParse(DurationText.Of(duration), out var read));
            Assert.Equal(duration, read);
        }
    }

    [Fact]
    public void A_capability_without_parameters_is_three_parts_of_which_the_last_may_hold_colons()
    {
        Assert.True(CapabilityText.TryParse("mail:send:users/a:b", out var capability, out _));

        Assert.Equal(new Capability { Tool = "mail", Action = "send", Resource = "users/a:b" }, capability);
    }

    [Fact]
    public void Parameters_are_sets_prefixes_ranges_numbers_and_truth_values()
    {
        Assert.True(CapabilityText.TryParse(@"t:a:r/**?set=a|b\|c;one=x;empty=;start^a\;b;range:-5..10;number:7;yes:true;no:false", out var capability, out _));

        Parameter[] expected =
        [
            new() { Name = "set", OneOf = new() { Values = { "a", "b|c" } } },
            new() { Name = "one", OneOf = new() { Values = { "x" } } },
            new() { Name = "empty", OneOf = new() { Values = { "" } } },
            new() { Name = "start", Prefix = "a;b" },
            new() { Name = "range", Range = new() { Min = -5, Max = 10 } },
            new() { Name = "number", Range = new() { Min = 7, Max = 7 } },
            new() { Name = "yes", Boolean = true },
            new() { Name = "no", Boolean = false },
        ];
        Assert.Equal(expected, capability.Parameters);
    }

    [Theory]
    [InlineData("")]
    [InlineData("mail")]
    [InlineData("mail:send")]
    [InlineData("mail:send:")]
    [InlineData(":send:x")]
    [InlineData("mail::x")]
    [InlineData("mail:send:x?")]
    [InlineData("mail:send:x?name")]
    [InlineData("mail:send:x?=a")]
    [InlineData("mail:send:x?a=b;")]
    [InlineData("mail:send:x?a:maybe")]
    [InlineData("mail:send:x?a:1..")]
    [InlineData("mail:send:x?a:..1")]
    [InlineData("mail:send:x?a:99999999999999999999")]
    public void Anything_else_is_no_capability(string text)
    {
        Assert.False(CapabilityText.TryParse(text, out var capability, out var problem));
        Assert.Null(capability);
        Assert.Contains("is not of the form", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Capabilities_are_read_as_they_are_written()
    {
        var mutations = new Mutations(20261120);
        for (var i = 0; i < 5_000; i++)
        {
            var capability = Some(mutations);
            Assert.True(CapabilityText.TryParse(CapabilityText.Of(capability), out var read, out _));
            Assert.Equal(capability, read);
        }
    }

    [Fact]
    public void No_text_makes_the_reader_of_capabilities_fail()
    {
        var mutations = new Mutations(20261120);
        for (var i = 0; i < 10_000; i++)
        {
            var text = mutations.Damage(@"tool:action:acme/**?set=a|b\|c;start^x;range:-5..10;yes:true");
            if (!CapabilityText.TryParse(text, out var capability, out _)) continue;
            Assert.True(CapabilityText.TryParse(CapabilityText.Of(capability), out var again, out _), text);
            Assert.Equal(capability, again);
        }
    }

    [Theory]
    [InlineData("plain äöü 漢字 🙂", "plain äöü 漢字 🙂")]
    [InlineData("\e[2J", @"\u{1b}[2J")]
    [InlineData("a\nb\rc\td", @"a\u{a}b\u{d}c\u{9}d")]
    [InlineData("\u009b31m", @"\u{9b}31m")]
    [InlineData("evil\u202Etxt.exe", @"evil\u{202e}txt.exe")]
    [InlineData("zero\u200Bwidth", @"zero\u{200b}width")]
    [InlineData("\u2028", @"\u{2028}")]
    [InlineData(null, "")]
    public void Text_from_others_cannot_steer_a_terminal(string? text, string printable) => Assert.Equal(printable, Printable.Of(text));

    [Fact]
    public void A_broken_surrogate_is_shown_as_the_replacement_character() => Assert.Equal("a\ufffdb", Printable.Of("a\ud800b"));

    private static Capability Some(Mutations mutations)
    {
        var capability = new Capability { Tool = "t", Action = "a", Resource = "r/*" };
        for (var left = mutations.Next(5); left > 0; left--)
        {
            var parameter = new Parameter { Name = $"p{left}" };
            switch (mutations.Next(4))
            {
                case 0: parameter.OneOf = new StringSet { Values = { Enumerable.Range(0, 1 + mutations.Next(3)).Select(_ => mutations.Random(12)) } }; break;
                case 1: parameter.Prefix = mutations.Random(12); break;
                case 2: parameter.Range = new LongRange { Min = -mutations.Next(9), Max = mutations.Next(9) }; break;
                default: parameter.Boolean = mutations.Next(2) == 0; break;
            }

            capability.Parameters.Add(parameter);
        }

        return capability;
    }
}
