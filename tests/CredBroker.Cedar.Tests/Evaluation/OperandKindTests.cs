using CredBroker.Cedar.Evaluation;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tests.Evaluation;

/// <summary>Every operator and function with an operand of every kind: a value where the language defines it, and else an error at the operand to blame.</summary>
public sealed class OperandKindTests
{
    private const string Mixed = "Mixed";

    /// <summary>An expression of each kind, with a value in the sample request. A set of entities is a kind of its own, since <c>in</c> takes it.</summary>
    private static readonly (string Kind, string Text)[] s_operands =
    [
        ("Bool", "principal.t"), ("Long", "principal.n"), ("String", "\"k\""), ("Entity", "resource.owner"), ("Set", "[principal, resource]"), (Mixed, "principal.set"),
        ("Record", "principal.r"), ("IpAddress", "principal.ip"), ("Decimal", "context.d"), ("Datetime", "principal.dt"), ("Duration", "duration(\"1h\")"),
    ];

    [Theory]
    [InlineData("# == #")]
    [InlineData("# != #")]
    public void Any_two_kinds_can_be_compared_for_equality(string form) => Check(form, (_, _) => null);

    [Theory]
    [InlineData("# < #")]
    [InlineData("# <= #")]
    [InlineData("# > #")]
    [InlineData("# >= #")]
    public void Only_numbers_moments_and_lengths_of_time_have_an_order(string form) =>
        Check(form, (left, right) => left is not ("Long" or "Datetime" or "Duration") ? 0 : left == right ? null : 1);

    [Theory]
    [InlineData("# + #")]
    [InlineData("# - #")]
    [InlineData("# * #")]
    public void Only_numbers_are_added_and_multiplied(string form) => Check(form, Both("Long"));

    [Fact]
    public void Both_sides_of_and_are_truth_values() => Check("# && #", Both("Bool"));

    [Fact]
    public void The_right_side_of_or_is_not_looked_at_when_the_left_is_true() => Check("# || #", (left, _) => left == "Bool" ? null : 0);

    [Fact]
    public void The_right_side_of_or_is_a_truth_value_when_the_left_is_false() => Check("!# || #", (left, right) => left != "Bool" ? 0 : right == "Bool" ? null : 1);

    [Fact]
    public void Entities_are_in_entities_and_in_sets_of_entities() =>
        Check("# in #", (left, right) => left != "Entity" ? 0 : right is "Entity" or "Set" ? null : 1);

    [Fact]
    public void The_same_holds_behind_a_test_of_the_type() =>
        Check("# is User in #", (left, right) => left != "Entity" ? 0 : right is "Entity" or "Set" ? null : 1);

    [Fact]
    public void A_set_may_contain_anything() => Check("#.contains(#)", (left, _) => left is "Set" or Mixed ? null : 0);

    [Theory]
    [InlineData("#.containsAll(#)")]
    [InlineData("#.containsAny(#)")]
    public void Sets_are_compared_with_sets(string form) => Check(form, (left, right) => left is not ("Set" or Mixed) ? 0 : right is "Set" or Mixed ? null : 1);

    [Theory]
    [InlineData("#.hasTag(#)")]
    [InlineData("#.getTag(#)")]
    public void Entities_have_tags_whose_names_are_texts(string form) => Check(form, (left, right) => left != "Entity" ? 0 : right == "String" ? null : 1);

    [Theory]
    [InlineData("!#", "Bool")]
    [InlineData("-#", "Long")]
    [InlineData("#.isEmpty()", "Set " + Mixed)]
    [InlineData("# like \"*\"", "String")]
    [InlineData("# is User", "Entity")]
    [InlineData("# has x", "Entity Record")]
    [InlineData("# has x.y", "Entity Record")]
    [InlineData("if # then 1 else 2", "Bool")]
    [InlineData("decimal(#)", "")]
    [InlineData("#.isIpv4()", "IpAddress")]
    [InlineData("#.isIpv6()", "IpAddress")]
    [InlineData("#.isLoopback()", "IpAddress")]
    [InlineData("#.isMulticast()", "IpAddress")]
    [InlineData("#.isInRange(ip(\"::1\"))", "IpAddress")]
    [InlineData("ip(\"::1\").isInRange(#)", "IpAddress")]
    [InlineData("#.lessThan(decimal(\"1.0\"))", "Decimal")]
    [InlineData("decimal(\"1.0\").lessThan(#)", "Decimal")]
    [InlineData("#.lessThanOrEqual(decimal(\"1.0\"))", "Decimal")]
    [InlineData("decimal(\"1.0\").lessThanOrEqual(#)", "Decimal")]
    [InlineData("#.greaterThan(decimal(\"1.0\"))", "Decimal")]
    [InlineData("decimal(\"1.0\").greaterThan(#)", "Decimal")]
    [InlineData("#.greaterThanOrEqual(decimal(\"1.0\"))", "Decimal")]
    [InlineData("decimal(\"1.0\").greaterThanOrEqual(#)", "Decimal")]
    [InlineData("#.offset(duration(\"1s\"))", "Datetime")]
    [InlineData("datetime(\"2024-01-01\").offset(#)", "Duration")]
    [InlineData("#.durationSince(datetime(\"2024-01-01\"))", "Datetime")]
    [InlineData("datetime(\"2024-01-01\").durationSince(#)", "Datetime")]
    [InlineData("#.toDate()", "Datetime")]
    [InlineData("#.toTime()", "Datetime")]
    [InlineData("#.toMilliseconds()", "Duration")]
    [InlineData("#.toSeconds()", "Duration")]
    [InlineData("#.toMinutes()", "Duration")]
    [InlineData("#.toHours()", "Duration")]
    [InlineData("#.toDays()", "Duration")]
    public void One_operand_has_one_of_these_kinds(string form, string kinds)
    {
        var allowed = kinds.Split(' ');

        foreach (var (kind, text) in s_operands)
        {
            // A text that is no decimal is of the right kind.
            if (form == "decimal(#)" && kind == "String") continue;
            AreAlike(form.Replace("#", text, StringComparison.Ordinal), allowed.Contains(kind) ? null : form.IndexOf('#', StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("Bool", "a truth value")]
    [InlineData("Long", "a number")]
    [InlineData("String", "a string")]
    [InlineData("Set", "a set")]
    [InlineData("Record", "a record")]
    [InlineData("IpAddress", "an ipaddr")]
    [InlineData("Decimal", "a decimal")]
    [InlineData("Datetime", "a datetime")]
    [InlineData("Duration", "a duration")]
    public void Every_kind_has_a_name_in_messages(string kind, string words)
    {
        var text = s_operands.First(operand => operand.Kind == kind).Text;

        Assert.Equal($"this is {words}; expected an entity", Sample.Error($"{text} is User").Message);
        Assert.Equal(kind, Enum.Parse<ValueKind>(kind).ToString());
    }

    private static Func<string, string, int?> Both(string kind) => (left, right) => left != kind ? 0 : right == kind ? null : 1;

    /// <param name="form">The expression, with a sign for each operand.</param>
    /// <param name="blame">Which operand is to blame; null when there is a value.</param>
    private static void Check(string form, Func<string, string, int?> blame)
    {
        var parts = form.Split('#');
        foreach (var (left, leftText) in s_operands)
        {
            foreach (var (right, rightText) in s_operands)
            {
                var at = blame(left, right) switch
                {
                    null => (int?)null,
                    0 => parts[0].Length,
                    _ => parts[0].Length + leftText.Length + parts[1].Length,
                };
                AreAlike(parts[0] + leftText + parts[1] + rightText + parts[2], at);
            }
        }
    }

    /// <summary>An expression has a value, or fails with an error of kinds at an offset within it.</summary>
    private static void AreAlike(string expression, int? offset)
    {
        const string before = "[";
        var condition = $"{before}{expression}] == []";
        var errors = Sample.Authorize(Make.When(condition)).Errors;
        if (offset is null)
        {
            Assert.True(errors.IsEmpty, $"{expression}: {string.Join(' ', errors)}");
            return;
        }

        var error = Assert.Single(errors);
        Assert.Equal(EvaluationErrorKind.WrongKind, error.Kind);
        var column = Make.When(condition).IndexOf(condition, StringComparison.Ordinal) + before.Length + offset.Value + 1;
        Assert.True(column == error.At!.Value.Column, $"{expression}: {error} instead of column {column}");
    }
}
