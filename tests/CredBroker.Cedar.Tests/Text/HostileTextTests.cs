using System.Text;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Text;
using CredBroker.Tests;
using FsCheck.Fluent;

namespace CredBroker.Cedar.Tests.Text;

/// <summary>Whatever the input: policies, or errors with places in it; never an exception, never for long.</summary>
public sealed class HostileTextTests
{
    private static readonly string[] s_pieces =
    [
        "permit", "forbid", "(", ")", "principal", "action", "resource", "context", ",", ";", "when", "unless", "{", "}", "[", "]", "==", "!=", "<", "<=", "in", "is", "has",
        "like", "if", "then", "else", "true", "\"a\"", "\"*\"", "1", "-", "!", "+", "*", "/", "%", "=", "&&", "||", "&", ".", "::", ":", "@", "@id", "?principal", "?", "User",
        "User::\"a\"", "Action::\"b\"", "ip(\"::1\")", ".isIpv4()", ".contains(", "\n", " ", "//", "\\", "\"", "\0", "é", "9223372036854775808",
    ];

    [Fact]
    public void Random_words_are_read_or_refused() => Properties.Hold(
        Prop.ForAll(Gen.ListOf(Gen.Elements(s_pieces)).Select(pieces => string.Join(' ', pieces)).ToArbitrary(), IsReadOrRefused), 5_000);

    [Fact]
    public void Random_characters_are_read_or_refused() => Properties.Hold(
        Prop.ForAll(Gen.ListOf(Gen.Choose(0, 0xffff)).Select(codes => string.Concat(codes.Select(code => (char)code))).ToArbitrary(), IsReadOrRefused), 2_000);

    [Fact]
    public void Damaged_policies_are_read_or_refused()
    {
        var damaged = from policy in Testing.Trees.Templates.Generator
                      from at in Gen.Choose(0, 1_000)
                      from length in Gen.Choose(0, 5)
                      from piece in Gen.Elements(s_pieces)
                      select Damage(policy.ToString(), at, length, piece);

        Properties.Hold(Prop.ForAll(damaged.ToArbitrary(), IsReadOrRefused), 4_000);
    }

    [Fact]
    public void Damaged_json_is_read_or_refused()
    {
        var damaged = from policy in Testing.Trees.Templates.Generator
                      from at in Gen.Choose(0, 1_000)
                      from length in Gen.Choose(0, 5)
                      from piece in Gen.Elements("{", "}", "[", "]", "\"", ",", ":", "null", "1", "\"Value\"", "\"left\"", "{\"Var\":\"principal\"}", "\\ud800", "\"in\"", "[]")
                      select Damage(PolicyJson.Write(policy), at, length, piece);

        Properties.Hold(Prop.ForAll(damaged.ToArbitrary(), json =>
        {
            var isPolicy = PolicyJson.TryParse(new("policy.json", json), out var policy, out var errors);
            Assert.Equal(isPolicy, policy is not null);
            return AreErrors(isPolicy, errors.AsSpan());
        }), 4_000);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("!")]
    [InlineData("-")]
    [InlineData("permit")]
    [InlineData("permit(")]
    [InlineData("permit(principal,action,resource)when{")]
    [InlineData("permit(principal,action,resource);")]
    [InlineData("permit(principal,action,resource)when{(")]
    [InlineData("@a")]
    [InlineData("@a(\"")]
    [InlineData("\"")]
    [InlineData("\"\\")]
    [InlineData("\\u{1}")]
    [InlineData("a::")]
    [InlineData("a.")]
    [InlineData("1+")]
    [InlineData("//")]
    [InlineData("//\n")]
    [InlineData(";")]
    [InlineData("?a")]
    [InlineData("&")]
    [InlineData("\n")]
    [InlineData("if ")]
    [InlineData("true && ")]
    public void A_megabyte_of_anything_is_read_or_refused(string piece)
    {
        var repeated = new StringBuilder().Insert(0, piece, 1_000_000 / piece.Length).ToString();

        // What took quadratic time would not be done within the hour.
        Assert.True(IsReadOrRefused(repeated));
        Assert.True(IsReadOrRefused("permit(principal,action,resource) when { " + repeated));
        Assert.True(IsReadOrRefused("permit(principal,action,resource) when { [" + repeated + "] };"));
    }

    [Fact]
    public void A_policy_has_a_length_that_it_may_not_exceed()
    {
        var text = Make.When($"\"{new string('a', CedarLimits.MaxPolicyLength)}\" == \"\"");

        Assert.Equal("this policy is too long; expected at most 1048576 characters", Make.Error(text).Message);
    }

    [Fact]
    public void A_list_has_a_number_of_elements_that_it_may_not_exceed()
    {
        Assert.Contains("too many elements", Make.Error(Make.When($"[{string.Join(',', Enumerable.Repeat("1", CedarLimits.MaxElements + 1))}]")).Message, StringComparison.Ordinal);
        Assert.Contains("too many elements", Make.Error(Make.When(string.Join('+', Enumerable.Repeat("1", CedarLimits.MaxElements + 2)))).Message, StringComparison.Ordinal);
        Make.Policy(Make.When($"[{string.Join(',', Enumerable.Repeat("1", CedarLimits.MaxElements))}]"));
    }

    [Fact]
    public void A_record_with_many_names_is_read_in_linear_time()
    {
        var fields = string.Join(',', Enumerable.Range(0, 80_000).Select(i => $"a{i}:1"));

        Make.Policy(Make.When($"{{{fields}}} == {{}}"));
        Assert.Contains("`a7` is there twice", Make.Error(Make.When($"{{{fields},a7:2}} == {{}}")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_with_very_many_mistakes_names_the_first_hundred()
    {
        var errors = Make.Errors(string.Concat(Enumerable.Repeat("permit;\n", 1_000)));

        Assert.Equal(CedarLimits.MaxErrors + 1, errors.Length);
        Assert.Equal("test.cedar:1:7: unexpected `;`; expected `(`", errors[0].ToString());
        Assert.Equal("more mistakes follow; these are the first", errors[^1].Message);
    }

    [Fact]
    public void A_message_can_neither_flood_nor_forge_a_line()
    {
        foreach (var word in new[] { new string('a', 10_000), "\u202e\u200b", "\u2028" })
        {
            var error = Make.Errors(Make.When($"\"\\u{{{word}}}\""))[0];
            Assert.True(error.ToString().Length < 400);
            Assert.DoesNotContain(error.ToExcerpt(), c => char.IsControl(c) && c != '\n');
            Assert.Equal(3, error.ToExcerpt().Split('\n').Length);
        }
    }

    private static string Damage(string text, int at, int length, string piece)
    {
        var start = at % (text.Length + 1);
        return text[..start] + piece + text[Math.Min(text.Length, start + length)..];
    }

    private static bool IsReadOrRefused(string text)
    {
        var isRead = PolicyParser.TryParse(new("x", text), out var policies, out var errors);
        if (isRead)
            foreach (var policy in policies) RoundTrips.ThroughText(policy);
        return AreErrors(isRead, errors.AsSpan());
    }

    private static bool AreErrors(bool isFine, ReadOnlySpan<CedarError> errors)
    {
        foreach (var error in errors)
            if (error.At is not { Line: >= 1, Column: >= 1 } || error.ToExcerpt().Length > 2_000) return false;
        return isFine == errors.IsEmpty;
    }
}
