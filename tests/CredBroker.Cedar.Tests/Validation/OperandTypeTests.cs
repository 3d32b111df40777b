using CredBroker.Cedar.Tests.Testing;

namespace CredBroker.Cedar.Tests.Validation;

/// <summary>Every operator and function with an operand of every type: valid where the language has it, and else refused at what is to blame.</summary>
public sealed class OperandTypeTests
{
    private const string Left = "left", Right = "right", Whole = "whole", Both = "left right";

    /// <summary>An expression of each type of the sample schema; entities and sets of two types each.</summary>
    private static readonly (string Type, string Text)[] s_operands =
    [
        ("Bool", "principal.b"), ("Long", "principal.n"), ("String", "principal.s"), ("User", "principal.boss"), ("Doc", "resource"), ("Set<Long>", "principal.set"),
        ("Set<User>", "principal.friends"), ("Record", "principal.home"), ("ipaddr", "principal.ip"), ("decimal", "decimal(\"1.0\")"), ("datetime", "principal.since"),
        ("duration", "principal.age"),
    ];

    [Theory]
    [InlineData("# == #")]
    [InlineData("# != #")]
    public void Equal_types_can_be_equal_and_so_can_entities(string form) =>
        Check(form, (left, right) => left == right || (IsEntity(left) && IsEntity(right)) ? "" : Whole);

    [Theory]
    [InlineData("# < #")]
    [InlineData("# <= #")]
    [InlineData("# > #")]
    [InlineData("# >= #")]
    public void Only_numbers_moments_and_lengths_of_time_have_an_order(string form) =>
        Check(form, (left, right) => left is not ("Long" or "datetime" or "duration") ? Left : left == right ? "" : Right);

    [Theory]
    [InlineData("# + #")]
    [InlineData("# - #")]
    [InlineData("# * #")]
    public void Only_numbers_are_added_and_multiplied(string form) => Check(form, Each("Long"));

    [Theory]
    [InlineData("# && #")]
    [InlineData("# || #")]
    public void Logic_is_for_truth_values(string form) => Check(form, Each("Bool"));

    [Fact]
    public void Entities_are_in_entities_and_in_sets_of_entities() => Check("# in #", (left, right) => Blame(IsEntity(left), IsEntity(right) || right == "Set<User>"));

    [Fact]
    public void A_set_contains_what_its_elements_are() => Check("#.contains(#)", (left, right) => !IsSet(left) ? Left : left == $"Set<{right}>" ? "" : Whole);

    [Theory]
    [InlineData("#.containsAll(#)")]
    [InlineData("#.containsAny(#)")]
    public void Sets_are_compared_with_sets_of_the_same(string form) =>
        Check(form, (left, right) => !IsSet(left) || !IsSet(right) ? Blame(IsSet(left), IsSet(right)) : left == right ? "" : Whole);

    [Fact]
    public void Entities_have_tags_whose_names_are_texts() => Check("#.hasTag(#)", (left, right) => Blame(IsEntity(left), right == "String"));

    [Fact]
    public void The_branches_of_a_condition_have_one_type() => Check("if principal.b then # else #", (left, right) => left == right ? "" : Whole);

    [Fact]
    public void The_elements_of_a_set_have_one_type() => Check("[#, #]", (left, right) => left == right ? "" : Right);

    [Theory]
    [InlineData("!#", "Bool")]
    [InlineData("-#", "Long")]
    [InlineData("# + 1", "Long")]
    [InlineData("#.isEmpty()", "Set<Long> Set<User>")]
    [InlineData("# like \"*\"", "String")]
    [InlineData("# is User", "User Doc")]
    [InlineData("# has x", "User Doc Record")]
    [InlineData("if # then 1 else 2", "Bool")]
    [InlineData("#.isIpv4()", "ipaddr")]
    [InlineData("#.isInRange(ip(\"::1\"))", "ipaddr")]
    [InlineData("ip(\"::1\").isInRange(#)", "ipaddr")]
    [InlineData("#.isLoopback()", "ipaddr")]
    [InlineData("#.lessThan(decimal(\"1.0\"))", "decimal")]
    [InlineData("decimal(\"1.0\").greaterThanOrEqual(#)", "decimal")]
    [InlineData("#.offset(duration(\"1s\"))", "datetime")]
    [InlineData("datetime(\"2024-01-01\").offset(#)", "duration")]
    [InlineData("datetime(\"2024-01-01\").durationSince(#)", "datetime")]
    [InlineData("#.toDate()", "datetime")]
    [InlineData("#.toTime()", "datetime")]
    [InlineData("#.toDays()", "duration")]
    [InlineData("#.toMilliseconds()", "duration")]
    public void One_operand_has_one_of_these_types(string form, string types)
    {
        var allowed = types.Split(' ');
        foreach (var (type, text) in s_operands) AreAlike(form.Replace("#", text, StringComparison.Ordinal), allowed.Contains(type) ? [] : [text]);
    }

    [Theory]
    [InlineData("principal.n + principal.n", "Long")]
    [InlineData("-principal.n", "Long")]
    [InlineData("principal.n < 1", "Bool")]
    [InlineData("principal.ip.isIpv4()", "Bool")]
    [InlineData("principal.since.offset(principal.age)", "datetime")]
    [InlineData("principal.since.durationSince(principal.since)", "duration")]
    [InlineData("principal.since.toDate()", "datetime")]
    [InlineData("principal.since.toTime()", "duration")]
    [InlineData("principal.age.toHours()", "Long")]
    [InlineData("decimal(\"1.0\").lessThan(decimal(\"2.0\"))", "Bool")]
    [InlineData("{a: 1, b: [\"x\"]}", "{a: Long, b: Set<String>}")]
    [InlineData("{b: principal, a: {}}.b", "User")]
    [InlineData("principal.home", "{street: String, zip?: Long}")]
    [InlineData("[principal.boss]", "Set<User>")]
    [InlineData("if principal.b then 1 else 2", "Long")]
    [InlineData("action", "Action")]
    [InlineData("context", "{c: Long, co?: String, color?: Color, from?: User}")]
    [InlineData("ip(\"::1\")", "ipaddr")]
    [InlineData("principal.friends.contains(principal)", "Bool")]
    [InlineData("principal is User", "Bool")]
    [InlineData("\"a\" like \"a\"", "Bool")]
    public void An_expression_has_a_type_that_the_message_names(string expression, string type)
    {
        // What is compared with a record that nothing has is refused, and said to be what it is.
        var error = Assert.Single(Schemas.ValidateView($"[{expression}].contains({{nothing: 1}})").Errors);

        Assert.Equal($"the types `{type}` and `{{nothing: Long}}` do not go together; expected the same type on both sides", error.Message);
    }

    private static bool IsEntity(string type) => type is "User" or "Doc";

    private static bool IsSet(string type) => type.StartsWith("Set<", StringComparison.Ordinal);

    private static Func<string, string, string> Each(string type) => (left, right) => Blame(left == type, right == type);

    private static string Blame(bool isLeftFine, bool isRightFine) => (isLeftFine, isRightFine) switch
    {
        (true, true) => "",
        (true, false) => Right,
        (false, true) => Left,
        _ => Both,
    };

    private static void Check(string form, Func<string, string, string> blame)
    {
        var parts = form.Split('#');
        foreach (var (left, leftText) in s_operands)
        {
            foreach (var (right, rightText) in s_operands)
            {
                var whole = parts[0] + leftText + parts[1] + rightText + parts[2];
                AreAlike(whole, blame(left, right) switch
                {
                    "" => [],
                    Left => [leftText],
                    Right => [rightText],
                    Whole => [whole],
                    _ => [leftText, rightText],
                });
            }
        }
    }

    /// <summary>An expression is valid, or refused at these parts of it.</summary>
    private static void AreAlike(string expression, string[] places)
    {
        var result = Schemas.ValidateView($"[{expression}] == [{expression}]");
        var found = result.Errors.Select(error => error.Source!.Slice(error.Span).ToString()).ToHashSet();

        Assert.True(found.SetEquals(places), $"{expression}: expected complaints about [{string.Join(" | ", places)}], found [{string.Join(" | ", result.Errors)}]");
    }
}
