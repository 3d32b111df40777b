using System.Text;
using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Text;
using CredBroker.Tests;
using FsCheck;
using FsCheck.Fluent;
using Trees = CredBroker.Cedar.Tests.Testing.Trees;

namespace CredBroker.Cedar.Tests.Text;

/// <summary>What a text says does not depend on how it is laid out: blanks, comments, commas and parentheses that nobody needs.</summary>
public sealed class LayoutTests
{
    private static readonly Gen<string> s_blank = Gen.Elements(" ", "\n", "\t", "\r\n", "\u00a0", "\u3000", "// a comment; { ( \" }\n", " // \U0001f600\r", "\v\f");

    [Fact]
    public void Blanks_and_comments_between_the_words_change_nothing()
    {
        var cases = from policy in Trees.Templates.Generator from blanks in Gen.NonEmptyListOf(s_blank) select (policy, blanks);

        Properties.Hold(Prop.ForAll(cases.ToArbitrary(), sample =>
        {
            var text = Spread(sample.policy.ToString(), sample.blanks);
            return Make.Policy(text).Equals(sample.policy);
        }), 2_000);
    }

    [Fact]
    public void As_few_blanks_as_possible_change_nothing() => Properties.Hold(
        Prop.ForAll(Trees.Templates, policy => Make.Policy(Squeeze(policy.ToString())).Equals(policy)), 2_000);

    [Fact]
    public void Parentheses_around_every_condition_change_nothing() => Properties.Hold(
        Prop.ForAll(Trees.Expressions, tree => Make.Expression($"(({tree}))").Equals(tree)), 1_000);

    [Fact]
    public void A_digest_does_not_depend_on_the_layout()
    {
        var cases = from policies in Gen.NonEmptyListOf(Trees.Templates.Generator).Resize(4) from blanks in Gen.NonEmptyListOf(s_blank) select (policies, blanks);

        Properties.Hold(Prop.ForAll(cases.ToArbitrary(), sample =>
        {
            var text = PolicyPrinter.Print(sample.policies);
            return Digest(text).SequenceEqual(Digest(Spread(text, sample.blanks))) && Digest(text).SequenceEqual(Digest(Squeeze(text)));
        }), 300);
    }

    [Theory]
    [InlineData("permit (principal, action, resource);", "forbid (principal, action, resource);")]
    [InlineData("permit (principal, action, resource);", "@a permit (principal, action, resource);")]
    [InlineData("@a permit (principal, action, resource);", "@a(\"\") permit (principal, action, resource);")]
    [InlineData("permit (principal, action, resource);", "permit (principal, action, resource) when { true };")]
    [InlineData("permit (principal, action, resource) when { true };", "permit (principal, action, resource) unless { true };")]
    [InlineData("permit (principal, action, resource) when { true && false };", "permit (principal, action, resource) when { true } when { false };")]
    [InlineData("permit (principal == A::\"x\", action, resource);", "permit (principal in A::\"x\", action, resource);")]
    [InlineData("permit (principal is A, action, resource);", "permit (principal is A in A::\"x\", action, resource);")]
    [InlineData("permit (principal, action in [Action::\"a\", Action::\"b\"], resource);", "permit (principal, action in [Action::\"b\", Action::\"a\"], resource);")]
    [InlineData("permit (principal, action, resource) when { context.a == \"*\" };", "permit (principal, action, resource) when { context.a like \"*\" };")]
    [InlineData("permit (principal, action, resource) when { \"a\" like \"*\" };", "permit (principal, action, resource) when { \"a\" like \"\\*\" };")]
    [InlineData("permit (principal, action, resource) when { [1, 2] == [] };", "permit (principal, action, resource) when { [2, 1] == [] };")]
    [InlineData("permit (principal, action, resource) when { 1 - (2 - 3) == 0 };", "permit (principal, action, resource) when { 1 - 2 - 3 == 0 };")]
    [InlineData("permit (principal, action, resource) when { -(1) == 0 };", "permit (principal, action, resource) when { -1 == 0 };")]
    [InlineData("permit (principal, action, resource) when { context has a.b };", "permit (principal, action, resource) when { context has a && context.a has b };")]
    [InlineData("permit (principal == ?principal, action, resource);", "permit (principal in ?principal, action, resource);")]
    public void Policies_that_say_something_else_have_another_digest_and_are_not_equal(string one, string other)
    {
        Assert.NotEqual(Digest(one), Digest(other));
        Assert.NotEqual(Make.Policy(one), Make.Policy(other));
    }

    [Fact]
    public void A_digest_depends_on_ids_and_links_and_not_on_the_order_of_adding()
    {
        var policies = Make.Policies("permit (principal, action, resource); permit (principal == ?principal, action, resource); forbid (principal, action, resource);");
        PolicySet Set(params (string Id, int Policy)[] order)
        {
            var builder = new PolicySetBuilder();
            foreach (var (id, policy) in order) Assert.True(builder.TryAdd(new(id), policies[policy], out _));
            return builder.Build();
        }

        byte[] Of(PolicySet set) => [.. PolicySnapshot.Compile(set).Digest];
        var set = Set(("a", 0), ("b", 1), ("c", 2));
        Assert.Equal(Of(set), Of(Set(("c", 2), ("b", 1), ("a", 0))));
        Assert.NotEqual(Of(set), Of(Set(("c", 0), ("b", 1), ("a", 2))));
        var digests = new[] { "x", "y" }.SelectMany(id => new[] { "u", "v" }.Select(user =>
        {
            var builder = new PolicySetBuilder();
            Assert.True(builder.TryAdd(new("b"), policies[1], out _));
            Assert.True(builder.TryLink(new(new(id), new("b"), Cedar.Values.EntityUid.Of("User", user)), out _));
            return Convert.ToHexString(Of(builder.Build()));
        })).ToArray();
        Assert.Equal(digests.Length, digests.Distinct().Count());
    }

    private static byte[] Digest(string text) => [.. Sample.Snapshot(text).Digest];

    /// <summary>Every blank, and every place between a word and a sign, becomes one of these in turn.</summary>
    private static string Spread(string text, List<string> blanks)
    {
        var (spread, next) = (new StringBuilder(), 0);
        foreach (var (token, isFollowed) in Tokens(text))
        {
            spread.Append(token);
            if (isFollowed) spread.Append(blanks[next++ % blanks.Count]);
        }

        return spread.ToString();
    }

    /// <summary>A blank only between words that would else become one.</summary>
    private static string Squeeze(string text)
    {
        var squeezed = new StringBuilder();
        foreach (var (token, _) in Tokens(text))
        {
            var needsBlank = squeezed.Length > 0 && IsWord(squeezed[^1]) && IsWord(token[0]);
            if (needsBlank) squeezed.Append(' ');
            squeezed.Append(token);
        }

        return squeezed.ToString();
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private static IEnumerable<(string Text, bool IsFollowed)> Tokens(string text)
    {
        var errors = new ErrorList(new("x", text));
        var tokens = Lexer.Read(errors);
        Assert.Equal(0, errors.Count);
        return tokens.SkipLast(1).Select((token, i) => (text[token.Start..token.End], i < tokens.Count - 2));
    }
}
