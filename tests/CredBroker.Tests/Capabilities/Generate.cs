using System.Collections.Concurrent;
using CredBroker.Core.Capabilities;
using FsCheck;
using FsCheck.Fluent;

namespace CredBroker.Tests.Capabilities;

/// <summary>A call, as an enforcement point would see it. A parameter that is not there has no entry.</summary>
internal sealed record EnumeratedCall(ToolName Tool, ActionName Action, ResourcePath Path, IReadOnlyDictionary<ParameterName, object> Arguments);

/// <summary>Capabilities over a universe so small that all its calls can be tried.</summary>
internal static class Generate
{
    private static readonly string[] Texts = ["", "u", "uv", "w"];

    public static Gen<ParameterConstraint> Constraint { get; } = Gen.OneOf(
        Gen.SubListOf(Texts).Where(list => list.Count > 0).Select(list => Make.OneOf([.. list])),
        Gen.Elements("u", "uv", "w").Select(Make.Prefix),
        from min in Gen.Choose(0, 2) from length in Gen.Choose(0, 2) select Make.Range(min, min + length),
        Gen.Elements(true, false).Select(Make.Is));

    public static Gen<Capability> Capability { get; } =
        from tool in Gen.Elements("a", "b")
        from action in Gen.Elements("x", "y")
        from resource in Gen.Elements("p", "q", "p/p", "p/q", "*", "**", "p/*", "p/**", "q/*", "p/p/**", "p/q/*")
        from m in Constraint.OrNull()
        from n in Constraint.OrNull()
        select Make.Capability(tool, action, resource, [.. Bounds(("m", m), ("n", n))]);

    /// <summary>Every call of the universe: values inside and outside of what the constraints name, and none.</summary>
    public static IReadOnlyList<EnumeratedCall> Calls { get; } =
    [
        .. from tool in new[] { "a", "b" }
           from action in new[] { "x", "y" }
           from path in ResourcePatternTests.Paths(["p", "q"], depth: 3)
           from m in Values
           from n in Values
           select new EnumeratedCall(Make.Tool(tool), Make.Action(action), Make.Path(path), Arguments(("m", m), ("n", n))),
    ];

    private static readonly ConcurrentDictionary<(ResourcePattern Pattern, ResourcePath Path), bool> Matched = new();

    // Null: the argument is not there.
    private static IEnumerable<object?> Values => [null, .. Texts, "uvx", "wz", 0L, 1L, 2L, 3L, 4L, true, false];

    /// <summary>Something that the capability contains: each part the same or narrower.</summary>
    public static Gen<Capability> Within(Capability capability) =>
        from resource in Gen.Elements(Narrower(capability.Resource.ToString()))
        from extra in Constraint.OrNull()
        from narrow in Gen.Elements(true, false)
        let bounds = capability.Parameters.Select(bound => (bound.Name.ToString(), narrow ? Narrower(bound.Constraint) : bound.Constraint))
        let more = extra is null || capability.Parameters.Any(bound => bound.Name == Make.Parameter("m")) ? [] : new[] { ("m", extra) }
        select Make.Capability(capability.Tool.ToString(), capability.Action.ToString(), resource, [.. bounds, .. more]);

    /// <summary>Whether a call is allowed, worked out another way than containment is.</summary>
    public static bool Allows(Capability capability, EnumeratedCall call) =>
        capability.Tool == call.Tool
        && capability.Action == call.Action
        && Matched.GetOrAdd((capability.Resource, call.Path), key => ResourcePatternTests.MatchesBySegments(key.Pattern, key.Path))
        && capability.Parameters.All(bound =>
            call.Arguments.TryGetValue(bound.Name, out var value) && ParameterConstraintTests.Allows(bound.Constraint, value));

    private static string[] Narrower(string pattern) => pattern switch
    {
        "**" => ["**", "*", "p", "p/q", "p/**"],
        "*" => ["*", "q"],
        _ when pattern.EndsWith("**", StringComparison.Ordinal) =>
            [pattern, pattern[..^1], pattern[..^2] + "p", pattern[..^2] + "p/**", pattern[..^2] + "p/q/r"],
        _ when pattern.EndsWith('*') => [pattern, pattern[..^1] + "p"],
        _ => [pattern],
    };

    private static ParameterConstraint Narrower(ParameterConstraint constraint) => constraint switch
    {
        ParameterConstraint.StringSet set => Make.OneOf(set.Values[0]),
        ParameterConstraint.StringPrefix prefix => Make.OneOf(prefix.Prefix + "x"),
        ParameterConstraint.LongRange range => Make.Range(range.Max, range.Max),
        _ => constraint,
    };

    private static IEnumerable<(string, ParameterConstraint)> Bounds(params (string Name, ParameterConstraint? Constraint)[] bounds) =>
        from bound in bounds where bound.Constraint is not null select (bound.Name, bound.Constraint);

    private static Dictionary<ParameterName, object> Arguments(params (string Name, object? Value)[] arguments) =>
        arguments.Where(a => a.Value is not null).ToDictionary(a => Make.Parameter(a.Name), a => a.Value!);
}
