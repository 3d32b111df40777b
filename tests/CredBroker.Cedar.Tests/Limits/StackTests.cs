using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Validation;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tests.Limits;

/// <summary>
/// What is as deep as it may be is handled on the smallest stack that the platform gives a thread by itself, also by code that was not
/// optimized. A stack that is exhausted ends the process, and with it these tests.
/// </summary>
public sealed class StackTests
{
    private const int SmallStack = 1536 * 1024;

    /// <summary>One level of nesting each, as a text around another expression.</summary>
    public static TheoryData<string> Levels { get; } =
    [
        "!(#)", "-(#)", "(#).a", "(#) has a", "(#) like \"*\"", "(#) is User", "[#]", "{a: #}", "(#) == 1", "1 == (#)", "true && (#)", "false || (#)", "1 + (#)", "1 * (#)",
        "(#).contains(1)", "[1].contains(#)", "(#).isEmpty()", "ip(#)", "(#).isIpv4()", "if true then # else 1", "if (#) then 1 else 2", "principal is User in (#)", "principal in (#)",
        "principal.hasTag(#)", "principal.getTag(#)",
    ];

    [Theory]
    [MemberData(nameof(Levels))]
    public void The_deepest_policy_is_read_printed_compared_decided_and_validated(string level) => OnSmallStack(() =>
    {
        var policy = Deepest(level);
        Assert.True(RoundTrips.ThroughText(policy).Equals(policy));
        Assert.True(RoundTrips.ThroughJson(policy).Equals(policy));
        var builder = new PolicySetBuilder();
        Assert.True(builder.TryAdd(new("p"), policy, out _));
        PolicySnapshot.Compile(builder.Build()).Authorize(Sample.Request, Sample.Store);
        PolicyValidator.Validate(builder.Build(), Schemas.Sample);
    });

    [Fact]
    public void The_deepest_value_is_read_printed_compared_and_hashed() => OnSmallStack(() =>
    {
        foreach (var (open, close) in new[] { ("[", "]"), ("{\"a\":", "}") })
        {
            var json = $"{{\"v\":{string.Concat(Enumerable.Repeat(open, CedarLimits.MaxDepth - 2))}1{string.Concat(Enumerable.Repeat(close, CedarLimits.MaxDepth - 2))}}}";
            var (one, other) = (Sample.ContextOf(json), Sample.ContextOf(json));
            Assert.Equal(one, other);
            Assert.Equal(one.GetHashCode(), other.GetHashCode());
            Assert.Equal(one.ToString(), other.ToString());
        }
    });

    [Fact]
    public void The_deepest_value_of_a_request_within_the_deepest_of_a_policy_is_compared() => OnSmallStack(() =>
    {
        var deep = $"{{\"v\":{new string('[', CedarLimits.MaxDepth - 2)}1{new string(']', CedarLimits.MaxDepth - 2)}}}";
        var request = new CedarRequest(Sample.Request.Principal, Sample.Request.Action, Sample.Request.Resource, Sample.ContextOf(deep));
        var around = (CedarLimits.MaxDepth / 2) - 4;
        var set = $"{new string('[', around)}context.v{new string(']', around)}";

        Assert.Equal(Decision.Allow, Sample.Snapshot(Make.When($"{set} == {set} && {set}.containsAll({set})")).Authorize(request, Sample.Store).Decision);
    });

    [Fact]
    public void The_deepest_type_is_read_written_compared_and_met() => OnSmallStack(() =>
    {
        const int levels = CedarLimits.MaxDepth - 2;
        var text = $"entity A {{ a: {string.Concat(Enumerable.Repeat("Set<", levels - 1))}Long{new string('>', levels - 1)} }}; action x appliesTo {{ principal: A, resource: A }};";
        var (one, other) = (Schemas.Read(text), Schemas.ReadJson(Schemas.Read(text).ToJson()));
        var type = EntityType.Parse("A");

        Assert.Equal(one.EntityTypes[type].Attributes, other.EntityTypes[type].Attributes);
        Assert.True(Schemas.Validate("permit (principal, action, resource) when { principal.a == resource.a };", one).IsValid);
        var value = $"{new string('[', levels - 1)}1{new string(']', levels - 1)}";
        Assert.True(EntityValidator.TryParse(new("x", $"[{{\"uid\":{{\"type\":\"A\",\"id\":\"x\"}},\"attrs\":{{\"a\":{value}}},\"parents\":[]}}]"), one, out _, out var errors), string.Join('\n', errors));
    });

    [Fact]
    public void A_reader_that_finds_too_little_stack_refuses_instead_of_ending_the_process()
    {
        string? message = null;
        var condition = string.Concat(Enumerable.Repeat("(", CedarLimits.MaxDepth - 2)) + "true" + new string(')', CedarLimits.MaxDepth - 2);
        OnStack(256 * 1024, () => message = PolicyParser.TryParse(new("x", Make.When(condition)), out _, out var errors) ? "read" : errors[0].Message);

        Assert.True(message is "read" or "this expression nests too deep; expected at most 400 levels", message);
    }

    /// <summary>As many levels as pass the limit on the tree, and, with their parentheses, that of the text.</summary>
    private static CedarPolicy Deepest(string level)
    {
        string Nest(int levels)
        {
            var parts = level.Split('#');
            return Make.When(string.Concat(Enumerable.Repeat(parts[0], levels)) + "context" + string.Concat(Enumerable.Repeat(parts[1], levels)));
        }

        var (low, high) = (1, CedarLimits.MaxDepth + 1);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (PolicyParser.TryParse(new("x", Nest(middle)), out _, out _)) low = middle;
            else high = middle;
        }

        // Each level takes two at most: itself and its parentheses.
        Assert.True(low >= (CedarLimits.MaxDepth / 2) - 1, $"{level} nests {low} times only");
        return Make.Policy(Nest(low));
    }

    private static void OnSmallStack(Action action) => OnStack(SmallStack, action);

    private static void OnStack(int size, Action action)
    {
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    action();
                }
                catch (Exception e)
                {
                    failure = e;
                }
            }, size);
        thread.Start();
        thread.Join();
        if (failure is not null) throw new InvalidOperationException("on a small stack", failure);
    }
}
