using System.Collections.Immutable;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;

namespace CredBroker.Core.Approvals;

/// <summary>What a workload is told that needs an approval: which one, what it covers, who decides, until when.</summary>
/// <param name="Id">The approval.</param>
/// <param name="Covers">Exactly this.</param>
/// <param name="Groups">Who decides.</param>
/// <param name="ExpiresAt">Until when.</param>
public sealed record ApprovalNeeded(ApprovalId Id, Capability Covers, ImmutableArray<CatalogName> Groups, DateTimeOffset ExpiresAt);
