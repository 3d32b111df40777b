using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Tests.Testing;

/// <summary>Sets as they come back from their own text and JSON; what comes back must be the same.</summary>
internal static class RoundTrips
{
    public static PolicySet ThroughText(PolicySet set)
    {
        var builder = new PolicySetBuilder();
        foreach (var (id, policy) in set.Policies.Concat(set.Templates))
            Assert.True(builder.TryAdd(id, ThroughText(policy), out _));
        foreach (var link in set.Links.Values)
            Assert.True(builder.TryLink(link, out _));
        return builder.Build();
    }

    public static CedarPolicy ThroughText(CedarPolicy policy)
    {
        var text = PolicyPrinter.Print(policy);
        var read = Make.Policy(text);
        Assert.True(policy.Equals(read), text);
        Assert.Equal(text, PolicyPrinter.Print(read));
        return read;
    }

    public static PolicySet ThroughJson(PolicySet set)
    {
        var json = set.ToJson();
        Assert.True(PolicySet.TryParseJson(new("set.json", json), out var read, out var errors), string.Join('\n', errors));
        Assert.Equal(set.Policies, read.Policies);
        Assert.Equal(set.Templates, read.Templates);
        Assert.Equal(set.Links, read.Links);
        Assert.Equal(json, read.ToJson());
        return read;
    }

    public static CedarPolicy ThroughJson(CedarPolicy policy)
    {
        var json = PolicyJson.Write(policy);
        Assert.True(PolicyJson.TryParse(new("policy.json", json), out var read, out var errors), string.Join('\n', errors));
        Assert.True(policy.Equals(read), json);
        return read;
    }
}
