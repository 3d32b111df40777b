using System.Collections.Frozen;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Catalog.Sections;

/// <summary>The section <c>workloads</c>: who can be attested, how, and what each may do.</summary>
internal static class WorkloadsSection
{
    private const int MaxWorkloads = 2_000;
    private const int MaxServed = 64;

    internal static List<Workload> Read(
        Field? section, Declared<TrustDomain, TrustedDomain> trustDomains, Declared<ToolName, ToolEntry> tools, WorkloadLimits defaults)
    {
        var workloads = new List<Workload>();
        var identities = new Unique("SPIFFE ID");
        var claims = new SelectorClaims();
        foreach (var (name, field) in section?.NamedBy("workload", MaxWorkloads) ?? [])
        {
            if (One(name, field, trustDomains, tools, defaults, identities, claims) is { } workload)
                workloads.Add(workload);
        }
        claims.ReportAmbiguous();
        return workloads;
    }

    private static Workload? One(
        CatalogName name, Field field, Declared<TrustDomain, TrustedDomain> trustDomains, Declared<ToolName, ToolEntry> tools,
        WorkloadLimits defaults, Unique identities, SelectorClaims claims)
    {
        if (field.Fields("spiffe_id", "owner", "class", "attest", "allow", "serves", "limits") is not { } keys)
            return null;

        var id = keys.Must("spiffe_id") is { } given ? Identity(given, trustDomains, identities) : null;
        var owner = keys.Must("owner")?.Text("the person or team that answers for it", 128);
        var kind = keys.Must("class")?.Name();
        var attest = AttestSection.Read(keys.Must("attest"), name, trustDomains, claims);
        var allow = AllowSection.Read(keys.May("allow"), tools);
        var serves = Served(keys.May("serves"), tools);
        var limits = LimitsSection.Read(keys.May("limits"), defaults);
        if (id is null || owner is null || kind is null || attest.IsEmpty)
            return null;

        return new Workload
        {
            Name = name, SpiffeId = id.Value, Owner = owner, Class = kind.Value,
            Attest = attest, Allow = allow, Serves = serves, Limits = limits,
        };
    }

    private static SpiffeId? Identity(Field field, Declared<TrustDomain, TrustedDomain> trustDomains, Unique identities)
    {
        if (field.Spiffe() is not { } id)
            return null;
        identities.Add(id.ToString(), field);
        return trustDomains.Find(id.TrustDomain, field, $"trust domain \"{id.TrustDomain}\" is not declared", out _) ? id : null;
    }

    private static FrozenSet<string> Served(Field? field, Declared<ToolName, ToolEntry> tools)
    {
        if (field is null)
            return FrozenSet<string>.Empty;
        var known = tools.Readable.Select(t => t.Facts?.Audience).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var anyUnreadable = tools.Readable.Any(t => t.Facts is null);
        var unique = new Unique("audience");
        var served = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in field.Items("the audience of a tool", MaxServed))
        {
            if (item.StringOrUri() is not { } audience || !unique.Add(audience, item))
                continue;
            if (known.Contains(audience) || anyUnreadable)
                served.Add(audience);
            else
                item.Report(CatalogErrorKind.Dangling, $"no tool has the audience {Quoting.Quote(audience)}",
                    suggest: () => Nearest.To(audience, known));
        }
        return served.ToFrozenSet(StringComparer.Ordinal);
    }
}
