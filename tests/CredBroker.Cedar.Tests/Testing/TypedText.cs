using System.Collections.Concurrent;
using FsCheck;
using FsCheck.Fluent;

namespace CredBroker.Cedar.Tests.Testing;

/// <summary>Random conditions over the sample schema, mostly well-typed: one part in twelve is of another type than it should be.</summary>
internal static class TypedText
{
    // Each is made once for a size: they are made of each other, many times over.
    private static readonly ConcurrentDictionary<(string, int), Gen<string>> s_made = new();

    public static Gen<string> Conditions { get; } = Gen.Sized(size => Bool(Math.Min(size, 60)));

    private static Gen<string> Of(Gen<string> right, int size) => Gen.Frequency((11, right), (1, size <= 2 ? Leaf : Gen.OneOf(Leaf, Long(size / 4), Text(size / 4), User(size / 4), Bool(size / 4))));

    private static Gen<string> Leaf { get; } = Gen.Elements("1", "\"a\"", "true", "principal", "resource", "context", "action", "[1]", "{a: 1}", "principal.home", "ip(\"::1\")", "principal.zzz", "User::\"a\"");

    private static Gen<string> Bool(int size) => s_made.GetOrAdd((nameof(Bool), size), _ => MakeBool(size));

    private static Gen<string> MakeBool(int size)
    {
        var leaf = Gen.Elements(
            "true", "false", "principal.b", "(principal has o)", "(principal has rate)", "(principal has work)", "(principal has work.zip)", "(context has co)", "(context has from)", "(resource has public)",
            "(principal has zzz)", "(principal is User)", "(principal is Admin)", "(resource is Doc)", "principal.hasTag(\"t\")", "(principal.boss has o)", "(action == Action::\"view\")", "(context has from.o)");
        if (size <= 1) return leaf;
        var s = size / 3;
        return Gen.Frequency(
            (3, leaf),
            (4, Join("(# && #)", Of(Bool(s), s), Of(Bool(s), s))),
            (2, Join("(# || #)", Of(Bool(s), s), Of(Bool(s), s))),
            (1, Join("!(#)", Of(Bool(s), s), Of(Bool(s), s))),
            (1, from test in Bool(s) from then in Of(Bool(s), s) from other in Of(Bool(s), s) select $"(if {test} then {then} else {other})"),
            (3, Join("(# == #)", Of(Long(s), s), Of(Long(s), s))),
            (2, Join("(# < #)", Of(Long(s), s), Of(Long(s), s))),
            (2, Join("(# == #)", Of(Text(s), s), Of(Text(s), s))),
            (1, Join("(# != #)", Of(User(s), s), Of(User(s), s))),
            (2, Join("(# in #)", Of(User(s), s), Gen.Elements("Group::\"g\"", "[Group::\"g\", Group::\"h\"]", "principal", "resource", "[principal.boss]"))),
            (1, Join("#.contains(#)", Gen.Elements("principal.set", "[1, 2]"), Of(Long(s), s))),
            (1, Join("#.contains(#)", Gen.Elements("principal.friends", "[principal]"), Of(User(s), s))),
            (1, Join("(# like \"a*\")", Of(Text(s), s), Gen.Constant(""))),
            (1, Join("#.isInRange(#)", Gen.Elements("principal.ip", "ip(\"10.0.0.0/8\")"), Gen.Elements("principal.ip", "ip(\"::1\")"))),
            (1, Join("(# < #)", Gen.Elements("principal.since", "datetime(\"2024-01-01\")"), Gen.Elements("principal.since.offset(principal.age)", "datetime(\"2025-01-01\")", "principal.age"))),
            (1, Join("({a: #} == {a: #})", Of(Long(s), s), Of(Long(s), s))),
            (2, Gen.Elements(
                "(principal has o && principal.o == 1)", "(principal has work.zip && principal.work.zip == 1)", "(context has from && context.from.n == 1)", "(principal.o == 1)",
                "(principal.hasTag(\"t\") && principal.getTag(\"t\") == \"v\")", "(principal.getTag(\"t\") == \"v\")", "(resource has public && resource.public)", "(context.co == \"a\")")));
    }

    private static Gen<string> Long(int size) => s_made.GetOrAdd((nameof(Long), size), _ => MakeLong(size));

    private static Gen<string> MakeLong(int size)
    {
        var leaf = Gen.Elements("1", "2", "-1", "principal.n", "principal.boss.n", "context.c", "resource.owner.n", "9223372036854775807", "principal.o", "principal.age.toSeconds()");
        return size <= 1 ? leaf : Gen.Frequency((3, leaf), (1, Join("(# + #)", Of(Long(size / 3), size / 3), Of(Long(size / 3), size / 3))), (1, Join("(# * #)", Long(size / 3), Long(size / 3))),
            (1, from test in Bool(size / 3) from a in Long(size / 3) from b in Of(Long(size / 3), size / 3) select $"(if {test} then {a} else {b})"));
    }

    private static Gen<string> Text(int size) => s_made.GetOrAdd((nameof(Text), size), _ => MakeText(size));

    private static Gen<string> MakeText(int size) => size <= 1
        ? Gen.Elements("\"a\"", "\"b\"", "principal.s", "principal.home.street", "context.co")
        : Gen.Frequency((3, Text(1)), (1, from test in Bool(size / 3) from a in Text(1) from b in Text(1) select $"(if {test} then {a} else {b})"));

    private static Gen<string> User(int size) => s_made.GetOrAdd((nameof(User), size), _ => MakeUser(size));

    private static Gen<string> MakeUser(int size) => size <= 1
        ? Gen.Elements("principal", "principal.boss", "resource.owner", "User::\"a\"", "User::\"ghost\"", "context.from", "principal.boss.boss")
        : Gen.Frequency((3, User(1)), (1, from test in Bool(size / 3) from a in User(1) from b in User(1) select $"(if {test} then {a} else {b})"));

    private static Gen<string> Join(string form, Gen<string> left, Gen<string> right)
    {
        var parts = form.Split('#');
        return from a in left from b in right select parts.Length == 3 ? parts[0] + a + parts[1] + b + parts[2] : parts[0] + a + parts[1];
    }
}
