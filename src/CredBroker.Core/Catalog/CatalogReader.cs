using System.Collections.Frozen;
using CredBroker.Core.Catalog.Sections;
using CredBroker.Core.Catalog.Yaml;
using CredBroker.Core.Policies;

namespace CredBroker.Core.Catalog;

/// <summary>
/// Reads a catalog: files to YAML nodes, nodes to the model, one file of <c>Sections/</c> for each section. Total: every input gives
/// a catalog or the list of everything that is wrong with it.
/// </summary>
public static class CatalogReader
{
    /// <summary>Reads a set of named files, which <see cref="CatalogFiles.TryCreate"/> may refuse.</summary>
    public static CatalogReading Read(IEnumerable<(string Name, ReadOnlyMemory<byte> Content)> named) =>
        CatalogFiles.TryCreate(named, out var files, out var errors) ? Read(files) : new CatalogReading.Invalid(errors);

    /// <summary>Reads a set of files.</summary>
    public static CatalogReading Read(CatalogFiles files)
    {
        var errors = new CatalogErrors();
        var catalog = files.Contents.TryGetValue(CatalogFiles.Main, out var main)
            && YamlReader.Read(CatalogFiles.Main, main.AsSpan(), errors) is { } root
                ? Catalog(new Field("the catalog", root.At, root, errors), new ReferencedFiles(files, errors))
                : null;
        var problems = errors.InReadingOrder();
        return catalog is not null && errors.Count == 0
            ? new CatalogReading.Valid(catalog, files, problems)
            : new CatalogReading.Invalid(problems);
    }

    /// <remarks>What is referred to is read before what refers to it.</remarks>
    private static BrokerCatalog? Catalog(Field root, ReferencedFiles files)
    {
        var sections = root.Fields(
            "broker", "ttl", "prompts", "trust_domains", "tools", "workloads", "admins", "approver_groups", "approvals");
        if (sections is null)
            return null;

        var broker = BrokerSection.Read(sections.May("broker"));
        var lifetimes = TtlSection.Read(sections.May("ttl"));
        var prompts = PromptsSection.Read(sections.May("prompts"));
        var trustDomains = TrustDomainsSection.Read(sections.May("trust_domains"), files);
        var tools = ToolsSection.Read(sections.May("tools"), lifetimes);
        var workloads = WorkloadsSection.Read(sections.May("workloads"), trustDomains, tools, broker.Limits);
        var admins = AdminsSection.Read(sections.May("admins"), trustDomains, workloads);
        var groups = ApproverGroupsSection.Read(sections.May("approver_groups"), admins);
        var policies = files.Policies();
        var approvals = ApprovalsSection.Read(sections.May("approvals"), groups);
        files.ReportStrays();
        // Policies are held against what the sections say: of a catalog with mistakes only their text can be read.
        if (root.Errors.Count > 0)
            return null;

        var (frozenTools, frozenWorkloads) = (tools.Readable.Select(t => t.Tool).OfType<Tool>().ToFrozenDictionary(t => t.Name), workloads.ToFrozenDictionary(w => w.SpiffeId));
        return new BrokerCatalog
        {
            Settings = new(broker.DelegationDepth, lifetimes, prompts) { Approvals = approvals },
            TrustDomains = trustDomains.Frozen(),
            Tools = frozenTools,
            Workloads = frozenWorkloads,
            Admins = admins.Frozen(),
            ApproverGroups = groups.Frozen(),
            Policies = new PolicyReader(frozenTools, frozenWorkloads, groups.Frozen(), root.Errors).Read(policies),
        };
    }
}
