using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Text;
using CredBroker.Tests;
using FsCheck.Fluent;
using Trees = CredBroker.Cedar.Tests.Testing.Trees;

namespace CredBroker.Cedar.Tests.Text;

/// <summary>Printing and parsing is the identity on every tree, through text and through JSON.</summary>
public sealed class RoundTripTests
{
    [Fact]
    public void Every_expression_prints_to_a_text_that_reads_back_to_it() => Properties.Hold(
        Prop.ForAll(Trees.Expressions, expression => Make.Expression(expression.ToString()).Equals(expression)), 4_000);

    [Fact]
    public void Every_policy_prints_to_a_text_that_reads_back_to_it() => Properties.Hold(
        Prop.ForAll(Trees.Policies, policy => RoundTrips.ThroughText(policy).Equals(policy)), 2_000);

    [Fact]
    public void Every_template_prints_to_a_text_that_reads_back_to_it() => Properties.Hold(
        Prop.ForAll(Trees.Templates, template => RoundTrips.ThroughText(template).Equals(template)), 1_000);

    [Fact]
    public void Every_policy_reads_back_from_its_json() => Properties.Hold(
        Prop.ForAll(Trees.Policies, policy => RoundTrips.ThroughJson(policy).Equals(policy)), 2_000);

    [Fact]
    public void Every_template_reads_back_from_its_json() => Properties.Hold(
        Prop.ForAll(Trees.Templates, template => RoundTrips.ThroughJson(template).Equals(template)), 1_000);

    [Fact]
    public void Several_policies_print_to_one_text() => Properties.Hold(
        Prop.ForAll(Trees.Policies.Generator.Three().ToArbitrary(), three =>
        {
            CredBroker.Cedar.Tree.CedarPolicy[] policies = [three.Item1, three.Item2, three.Item3];
            return Make.Policies(PolicyPrinter.Print(policies)).SequenceEqual(policies);
        }), 300);

    [Fact]
    public void Text_and_json_of_a_tree_say_the_same_after_each_other() => Properties.Hold(
        Prop.ForAll(Trees.Policies, policy => PolicyJson.Write(RoundTrips.ThroughText(RoundTrips.ThroughJson(policy))) == PolicyJson.Write(policy)), 500);

    [Fact]
    public void A_path_that_only_json_has_is_shown_but_has_no_text()
    {
        var test = new CredBroker.Cedar.Tree.AttributeTest(Make.Expression("principal"), ["a b", "c"]);

        Assert.Equal("principal has \"a b\".c", test.ToString());
        Make.Errors(Make.When(test.ToString()));
    }
}
