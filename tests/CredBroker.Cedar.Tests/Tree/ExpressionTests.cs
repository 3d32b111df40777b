using CredBroker.Cedar.Extensions;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;
using CredBroker.Tests;
using FsCheck.Fluent;
using Trees = CredBroker.Cedar.Tests.Testing.Trees;

namespace CredBroker.Cedar.Tests.Tree;

/// <summary>Trees: immutable, comparable, and with every chain in one node.</summary>
public sealed class ExpressionTests
{
    private static readonly Expression s_one = new Literal(CedarValue.Of(1));
    private static readonly Expression s_two = new Literal(CedarValue.Of(2));

    [Fact]
    public void A_chain_that_begins_with_a_chain_is_one_chain()
    {
        Assert.Equal(new AndExpression([s_one, s_two, s_one]), new AndExpression([new AndExpression([s_one, s_two]), s_one]));
        Assert.Equal(new OrExpression([s_one, s_two, s_one]), new OrExpression([new OrExpression([s_one, s_two]), s_one]));
        Assert.Equal(new ProductExpression([s_one, s_two, s_one]), new ProductExpression([new ProductExpression([s_one, s_two]), s_one]));
        Assert.Equal(new SumExpression(s_one, [new(true, s_two), new(false, s_one)]), new SumExpression(new SumExpression(s_one, [new(true, s_two)]), [new(false, s_one)]));
    }

    [Fact]
    public void A_chain_that_ends_with_a_chain_is_two()
    {
        var nested = new AndExpression([s_one, new AndExpression([s_two, s_one])]);

        Assert.Equal(2, nested.Operands.Length);
        Assert.NotEqual(new AndExpression([s_one, s_two, s_one]), nested);
        Assert.Equal("1 && (2 && 1)", nested.ToString());
    }

    [Fact]
    public void Chains_of_different_signs_are_different()
    {
        Assert.NotEqual<Expression>(new AndExpression([s_one, s_two]), new OrExpression([s_one, s_two]));
        Assert.NotEqual(new SumExpression(s_one, [new(true, s_two)]), new SumExpression(s_one, [new(false, s_two)]));
        Assert.NotEqual<Expression>(new ProductExpression([s_one, s_two]), new SetExpression([s_one, s_two]));
    }

    [Fact]
    public void What_cannot_be_written_cannot_be_made()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AndExpression([s_one]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OrExpression([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProductExpression([s_one]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SumExpression(s_one, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AttributeTest(s_one, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LikePattern([]));
        Assert.Throws<ArgumentException>(() => new Literal(CedarValue.Of(CedarSet.Empty)));
        Assert.Throws<ArgumentException>(() => new Literal(CedarValue.Of(new CedarDecimal(1))));
        Assert.Throws<ArgumentException>(() => new Literal(default));
        Assert.Throws<ArgumentException>(() => new RecordExpression([new("a", s_one), new("a", s_two)]));
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("context.a.b", 3)]
    [InlineData("1 + 2 + 3 - 4", 2)]
    [InlineData("true && true && (true || false)", 3)]
    [InlineData("[[[]]]", 3)]
    [InlineData("{a: {b: 1}}", 3)]
    [InlineData("if 1 then !!2 else 3", 4)]
    [InlineData("principal is A in [principal]", 3)]
    [InlineData("ip(ip(1))", 3)]
    [InlineData("principal has a.b.c", 2)]
    [InlineData("\"a\" like \"*\"", 2)]
    public void A_tree_knows_how_deep_it_is(string text, int depth) => Assert.Equal(depth, Make.Expression(text).Depth);

    [Fact]
    public void A_tree_is_one_deeper_than_the_deepest_below_it() => Properties.Hold(Prop.ForAll(Trees.Expressions, HasRightDepth));

    [Fact]
    public void Equal_trees_have_equal_hashes_and_different_texts_are_different_trees()
    {
        var pairs = from one in Trees.Expressions.Generator from other in Trees.Expressions.Generator select (one, other);

        Properties.Hold(Prop.ForAll(pairs.ToArbitrary(), pair =>
        {
            var copy = Make.Expression(pair.one.ToString());
            return copy.Equals(pair.one) && copy.GetHashCode() == pair.one.GetHashCode() && !ReferenceEquals(copy, pair.one)
                && pair.one.Equals(pair.other) == (pair.one.ToString() == pair.other.ToString());
        }), 2_000);
    }

    [Fact]
    public void Every_kind_of_expression_lists_what_is_below_it()
    {
        Assert.Equal(["1", "2", "3"], Below("if 1 then 2 else 3"));
        Assert.Equal(["1", "2"], Below("1 == 2"));
        Assert.Equal(["1", "2", "3"], Below("1 + 2 - 3"));
        Assert.Equal(["1", "2"], Below("[1, 2]"));
        Assert.Equal(["1", "2"], Below("{a: 1, b: 2}"));
        Assert.Equal(["principal", "1"], Below("principal is A in 1"));
        Assert.Equal(["principal"], Below("principal is A"));
        Assert.Equal(["principal", "1"], Below("principal.isInRange(1)"));
        Assert.Equal(["principal"], Below("principal.a"));
        Assert.Equal(["principal"], Below("principal has a"));
        Assert.Equal(["principal"], Below("!principal"));
        Assert.Equal(["principal"], Below("principal like \"\""));
        Assert.Empty(Below("principal"));
        Assert.Empty(Below("1"));
    }

    [Fact]
    public void Policies_are_equal_when_they_say_the_same_wherever_they_stand()
    {
        const string text = "@a(\"x\") permit (principal is A in B::\"c\", action in [Action::\"x\", Action::\"y\"], resource) when { 1 == 1 } unless { false };";
        var one = Make.Policy(text);
        var same = Make.Policy("// elsewhere\n\n" + text.Replace(" ", "  ", StringComparison.Ordinal));

        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        foreach (var other in new[]
        {
            text.Replace("permit", "forbid", StringComparison.Ordinal), text.Replace("@a", "@b", StringComparison.Ordinal), text.Replace("\"x\")", "\"y\")", StringComparison.Ordinal),
            text.Replace("is A", "is B", StringComparison.Ordinal), text.Replace("\"c\"", "\"d\"", StringComparison.Ordinal), text.Replace(", Action::\"y\"", "", StringComparison.Ordinal),
            text.Replace("1 == 1", "1 == 2", StringComparison.Ordinal), text.Replace("unless", "when", StringComparison.Ordinal), text.Replace(" unless { false }", "", StringComparison.Ordinal),
            text.Replace("resource)", "resource == D::\"x\")", StringComparison.Ordinal),
        })
            Assert.NotEqual(one, Make.Policy(other));
    }

    [Fact]
    public void Names_in_scopes_are_compared_without_their_places()
    {
        Assert.True(new EntityOrSlot(EntityUid.Of("A", "x"), new(1, 2)) == new EntityOrSlot(EntityUid.Of("A", "x")));
        Assert.True(new EntityOrSlot(Slot.Principal) != new EntityOrSlot(Slot.Resource));
        Assert.True(new EntityOrSlot(EntityUid.Of("A", "x")) != new EntityOrSlot(Slot.Principal));
        Assert.True(new TypeName(EntityType.Parse("A"), new(1, 2)) == new TypeName(EntityType.Parse("A")));
        Assert.True(new ActionName(EntityUid.Of("Action", "x"), new(1, 2)) == new ActionName(EntityUid.Of("Action", "x")));
        Assert.True(new ActionName(EntityUid.Of("Action", "x")) != new ActionName(EntityUid.Of("Action", "y")));
        Assert.Equal(("?principal", "?resource"), (new EntityOrSlot(Slot.Principal).ToString(), new EntityOrSlot(Slot.Resource).ToString()));
    }

    private static string[] Below(string text) => [.. Make.Expression(text).Children.Select(child => child.ToString())];

    private static bool HasRightDepth(Expression tree) =>
        tree.Depth == 1 + tree.Children.Select(child => child.Depth).DefaultIfEmpty(0).Max() && tree.Children.All(HasRightDepth);
}
