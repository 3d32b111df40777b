using System.Collections.Immutable;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Tests.Testing;

/// <summary>Trees and errors from the texts that tests are written in.</summary>
internal static class Make
{
    /// <summary>A policy about everything with this condition.</summary>
    public static string When(string condition) => $"permit (principal, action, resource) when {{ {condition} }};";

    public static CedarPolicy Policy(string text) => Assert.Single(Policies(text));

    public static ImmutableArray<CedarPolicy> Policies(string text)
    {
        Assert.True(PolicyParser.TryParse(new("test.cedar", text), out var policies, out var errors), string.Join('\n', errors));
        Assert.Empty(errors);
        return policies;
    }

    public static Expression Expression(string text) => Assert.Single(Policy(When(text)).Conditions).Body;

    /// <summary>The errors of a text that must not parse.</summary>
    public static ImmutableArray<CedarError> Errors(string text)
    {
        Assert.False(PolicyParser.TryParse(new("test.cedar", text), out var policies, out var errors), text);
        Assert.Empty(policies);
        Assert.NotEmpty(errors);
        return errors;
    }

    public static CedarError Error(string text) => Assert.Single(Errors(text));
}
