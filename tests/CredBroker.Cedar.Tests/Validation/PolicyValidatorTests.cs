using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Validation;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tests.Validation;

/// <summary>Policies against a schema: what fits, and what is refused at which place with which words.</summary>
public sealed class PolicyValidatorTests
{
    private const string Inapplicable = "no request that the schema has fits this scope";
    private const string Impossible = "the conditions of this policy can never hold";

    [Theory]
    [InlineData("principal.zzz == 1", "`User` has no attribute `zzz`")]
    [InlineData("principal.hmoe == principal.home", "`User` has no attribute `hmoe`; expected perhaps `home`")]
    [InlineData("principal.o == 1", "the attribute `o` of `User` may be absent; expected a test with `has` before")]
    [InlineData("principal.home.zip == 1", "the attribute `zip` of `{street: String, zip?: Long}` may be absent; expected a test with `has` before")]
    [InlineData("context.nope", "`{c: Long, co?: String, color?: Color, from?: User}` has no attribute `nope`")]
    [InlineData("1", "this is `Long`; expected `Bool`")]
    [InlineData("principal.n && true", "this is `Long`; expected `Bool`")]
    [InlineData("if 1 then true else true", "this is `Long`; expected `Bool`")]
    [InlineData("principal.s + 1 == 2", "this is `String`; expected `Long`")]
    [InlineData("-principal.s == 1", "this is `String`; expected `Long`")]
    [InlineData("principal.s < \"a\"", "this is `String`, which has no order; expected `Long`, `datetime` or `duration`")]
    [InlineData("principal.since < 1", "this is `Long`; expected `datetime`")]
    [InlineData("principal == 1", "the types `User` and `Long` do not go together; expected the same type on both sides")]
    [InlineData("[1, \"a\"].contains(1)", "the types `Long` and `String` do not go together; expected the same type on both sides")]
    [InlineData("[] == [1]", "an empty set has no type; expected one element or more")]
    [InlineData("principal.set.contains(\"a\")", "the types `Long` and `String` do not go together; expected the same type on both sides")]
    [InlineData("principal.n.contains(1)", "this is `Long`; expected a set")]
    [InlineData("principal.n in principal", "this is `Long`; expected an entity")]
    [InlineData("principal in [1]", "this is `Set<Long>`; expected an entity or a set of entities")]
    [InlineData("principal.n is User", "this is `Long`; expected an entity")]
    [InlineData("principal.n like \"a\"", "this is `Long`; expected `String`")]
    [InlineData("principal.n has a", "this is `Long`, which has no attributes; expected an entity or a record")]
    [InlineData("principal has home.street.x", "this is `String`, which has no attributes; expected an entity or a record")]
    [InlineData("principal.getTag(\"t\") == \"v\"", "this tag of `User` may be absent; expected a test with `hasTag` before")]
    [InlineData("resource.getTag(\"t\") == \"v\"", "`Doc` has no tags")]
    [InlineData("context.hasTag(\"t\")", "this is `{c: Long, co?: String, color?: Color, from?: User}`; expected an entity")]
    [InlineData("ip() == principal.ip", "`ip` is given no argument; expected one argument")]
    [InlineData("principal.ip.isIpv4(1)", "`isIpv4` is given one argument; expected no argument")]
    [InlineData("ip(principal.s) == principal.ip", "`ip` is given a text that is not written out; expected a string in double quotes")]
    [InlineData("ip(\"zzz\") == principal.ip", "the text is not an address of IPv4 or IPv6, or a range of them")]
    [InlineData("principal.ip.isInRange(\"1.1.1.1\")", "this is `String`; expected `ipaddr`")]
    [InlineData("principal == Usr::\"x\"", "the schema has no entity type `Usr`; expected perhaps `User`")]
    [InlineData("principal is Usr", "the schema has no entity type `Usr`; expected perhaps `User`")]
    [InlineData("action == Action::\"veiw\"", "the schema has no action `Action::\"veiw\"`; expected perhaps `Action::\"view\"`")]
    [InlineData("context has color && context.color == Color::\"green\"", "there is no `Color::\"green\"`; expected `Color::\"red\"` or `Color::\"blue\"`")]
    [InlineData("false && principal == Usr::\"x\"", "the schema has no entity type `Usr`; expected perhaps `User`")]
    public void A_mistake_is_refused(string condition, string message)
    {
        var error = Assert.Single(Schemas.ValidateView(condition).Errors);

        Assert.Equal(message, error.Message);
        Assert.Equal(new PolicyId("policy0"), error.Policy);
    }

    [Theory]
    [InlineData("principal has o && principal.o == 1")]
    [InlineData("principal has \"o\" && principal[\"o\"] == 1")]
    [InlineData("principal has work.zip && principal.work.zip == 1")]
    [InlineData("(principal has o || false) && principal.o == 1")]
    [InlineData("(principal has o || principal has o) && principal.o == 1")]
    [InlineData("if principal has o then principal.o == 1 else false")]
    [InlineData("(if principal.b then principal has o else principal has o) && principal.o == 1")]
    [InlineData("principal has o && (principal.b || principal.o == 1)")]
    [InlineData("principal.hasTag(principal.s) && principal.getTag(principal.s) == \"v\"")]
    [InlineData("principal is User || principal.zzz")]
    [InlineData("if false then principal.zzz else true")]
    [InlineData("principal.boss.boss has o && principal.boss.boss.o == 1")]
    [InlineData("principal.friends.contains(principal.boss) && principal in [Group::\"a\", Group::\"b\"]")]
    [InlineData("principal.home == principal.home && {a: 1} == {a: 2}")]
    [InlineData("principal.since.offset(duration(\"1h\")) > datetime(\"2024-01-01\") && principal.age < duration(\"1d\")")]
    [InlineData("9223372036854775807 + 1 == 1")]
    [InlineData("action in Action::\"any\" && action in [Action::\"edit\", Action::\"view\"]")]
    public void What_fits_is_accepted(string condition)
    {
        var result = Schemas.ValidateView(condition);

        Assert.True(result.IsValid, string.Join('\n', result.Errors));
        Assert.Empty(result.Warnings);
    }

    [Theory]
    [InlineData("!(principal has o) || principal.o == 1")]
    [InlineData("!!(principal has o) && principal.o == 1")]
    [InlineData("(principal has o || true) && principal.o == 1")]
    [InlineData("(principal has o || principal.b) && principal.o == 1")]
    [InlineData("(if principal has o then true else false) && principal.o == 1")]
    [InlineData("principal has o && principal.boss.o == 1")]
    [InlineData("principal.o == 1 && principal has o")]
    [InlineData("principal.hasTag(\"a\") && principal.getTag(\"b\") == \"v\"")]
    public void What_may_be_absent_must_be_asked_for_where_it_counts(string condition) =>
        Assert.Contains("may be absent", Assert.Single(Schemas.ValidateView(condition).Errors).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("false")]
    [InlineData("principal == resource")]
    [InlineData("principal in Doc::\"d\"")]
    [InlineData("principal is Admin && principal.zzz")]
    [InlineData("principal has zzz && principal.zzz")]
    [InlineData("\"a\" == 1")]
    [InlineData("action == Action::\"edit\"")]
    [InlineData("resource.hasTag(\"t\")")]
    [InlineData("action has x")]
    public void What_can_never_hold_is_a_warning(string condition)
    {
        var result = Schemas.ValidateView(condition);

        Assert.True(result.IsValid, string.Join('\n', result.Errors));
        Assert.Equal(Impossible, Assert.Single(result.Warnings).Problem);
    }

    [Theory]
    [InlineData("permit (principal == Group::\"x\", action, resource);")]
    [InlineData("permit (principal, action == Action::\"any\", resource);")]
    [InlineData("permit (principal, action == Action::\"view\", resource is Group);")]
    [InlineData("permit (principal is User in Doc::\"x\", action, resource);")]
    public void A_scope_that_fits_no_request_is_an_error_unless_that_is_accepted(string policy)
    {
        var accepting = PolicyValidator.Validate(Schemas.Policies(policy), Schemas.Sample, new() { AcceptsInapplicablePolicies = true });

        Assert.Equal(Inapplicable, Assert.Single(Schemas.Validate(policy).Errors).Problem);
        Assert.True(accepting.IsValid);
        Assert.Equal(Inapplicable, Assert.Single(accepting.Warnings).Problem);
    }

    [Fact]
    public void Every_mistake_of_every_policy_is_named_at_its_place_once()
    {
        var result = Schemas.Validate("""
            permit (principal, action == Action::"view", resource)
            when { principal.zzz == 1 && principal.o == 1 }
            unless { resource.owner.s };
            forbid (principal in Grup::"a", action, resource) when { 1 };
            permit (principal, action == Action::"admin", resource) when { principal.s == "a" || resource.owner == principal };
            """);

        Assert.Equal(
            [
                "test.cedar:2:18: `User` has no attribute `zzz`",
                "test.cedar:2:40: the attribute `o` of `User` may be absent; expected a test with `has` before",
                "test.cedar:3:10: this is `String`; expected `Bool`",
                "test.cedar:4:22: the schema has no entity type `Grup`; expected perhaps `Group`",
                "test.cedar:5:74: `Admin` has no attribute `s`",
                "test.cedar:5:95: `Group` has no attribute `owner`",
            ],
            result.Errors.Select(error => error.ToString()).Order());
    }

    [Fact]
    public void A_list_of_actions_must_have_one_type()
    {
        Assert.Equal("this list of actions is empty, and has no type", Schemas.Validate("permit (principal, action in [], resource);").Errors[0].Problem);
        Assert.Equal("the types `Action` and `Shop::Action` are in one list",
            Assert.Single(Schemas.Validate("permit (principal, action in [Action::\"view\", Shop::Action::\"buy\"], resource);").Errors).Problem);
    }

    [Fact]
    public void A_template_is_checked_with_all_that_may_fill_its_slots_and_a_link_with_what_does()
    {
        var builder = new PolicySetBuilder();
        Assert.True(builder.TryAddText(new("test.cedar", "permit (principal == ?principal, action == Action::\"admin\", resource) when { principal.s == \"a\" };"), out _));
        Assert.Equal("`Admin` has no attribute `s`", Assert.Single(PolicyValidator.Validate(builder.Build(), Schemas.Sample).Errors).Problem);

        builder = new();
        Assert.True(builder.TryAddText(new("test.cedar", "permit (principal in ?principal, action == Action::\"view\", resource);"), out _));
        Assert.True(builder.TryLink(new(new("group"), new("policy0"), EntityUid.Of("Group", "g")), out _));
        Assert.True(builder.TryLink(new(new("document"), new("policy0"), EntityUid.Of("Doc", "g")), out _));
        Assert.True(builder.TryLink(new(new("unknown"), new("policy0"), EntityUid.Of("Nope", "g")), out _));
        Assert.Equal(["document: " + Inapplicable, "unknown: the schema has no entity type `Nope`"],
            PolicyValidator.Validate(builder.Build(), Schemas.Sample).Errors.Select(error => $"{error.Policy}: {error.Problem}"));
    }

    [Fact]
    public void Long_chains_and_long_paths_are_checked_in_linear_time()
    {
        var schema = Schemas.Read($"entity A {{ a: A, {string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"x{i}?: Bool"))} }}; action x appliesTo {{ principal: A, resource: A }};");
        var tests = string.Join(" && ", Enumerable.Range(0, 20_000).Select(i => $"principal has x{i}"));

        Assert.True(Schemas.Validate($"permit (principal, action, resource) when {{ {tests} && ({tests}) && principal.x7 }};", schema).IsValid);
        Assert.Equal("this path is too long; expected at most 400",
            Assert.Single(Schemas.Validate($"permit (principal, action, resource) when {{ principal has {string.Join('.', Enumerable.Repeat("a", 20_000))} }};", schema).Errors).Message);
    }

    [Fact]
    public void A_policy_with_very_many_mistakes_names_the_first_hundred()
    {
        var wrong = string.Join(" && ", Enumerable.Range(0, 20_000).Select(i => $"principal.y{i}"));

        Assert.Equal(CedarLimits.MaxErrors + 1, Schemas.ValidateView(wrong).Errors.Length);
    }
}
