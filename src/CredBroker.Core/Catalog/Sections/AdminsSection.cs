using System.Collections.Immutable;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Catalog.Sections;

/// <summary>The section <c>admins</c>: who administers the broker.</summary>
internal static class AdminsSection
{
    private const int MaxAdmins = 256;
    private const int MaxTexts = 32;
    private const int MaxOwner = 128;

    internal static Declared<CatalogName, Admin> Read(
        Field? section, Declared<TrustDomain, TrustedDomain> trustDomains, List<Workload> workloads)
    {
        var declared = new Declared<CatalogName, Admin>();
        var proofs = new Unique("administrator's proof");
        foreach (var (name, field) in section?.NamedBy("admin", MaxAdmins) ?? [])
        {
            var admin = One(name, field, trustDomains, proofs);
            declared.Add(name, admin);
            if (admin is not null)
                WarnOfWorkloads(admin, field, workloads);
        }
        return declared;
    }

    private static Admin? One(CatalogName name, Field field, Declared<TrustDomain, TrustedDomain> trustDomains, Unique proofs)
    {
        if (field.Fields("uid", "spiffe_id", "roles", "initiators", "teams") is not { } keys)
            return null;
        var proof = keys.ExactlyOne("uid", "spiffe_id") is { } given ? Proof(given, trustDomains, proofs) : null;
        var roles = Roles(keys.Must("roles"));
        var initiators = Texts(keys.May("initiators"), "an initiator of tasks", TaskLimits.MaxInitiatorBytes);
        var teams = Texts(keys.May("teams"), "an owner of workloads", MaxOwner);
        return proof is null || roles == AdminRoles.None ? null : new(name, proof, roles) { Initiators = initiators, Teams = teams };
    }

    private static AdminProof? Proof(Field field, Declared<TrustDomain, TrustedDomain> trustDomains, Unique proofs)
    {
        if (field.Key == "uid")
            return field.UnixId() is { } uid && proofs.Add(Selector.Of(SelectorKind.UnixUid, uid).ToString(), field)
                ? new AdminProof.UnixUser(uid)
                : null;
        return field.Spiffe() is { } id && proofs.Add(id.ToString(), field) && field.VouchedByX509(id, trustDomains)
            ? new AdminProof.Mtls(id)
            : null;
    }

    private static AdminRoles Roles(Field? field)
    {
        var roles = AdminRoles.None;
        var unique = new Unique("role");
        foreach (var item in field?.Items("a role", 4) ?? [])
        {
            if (item.OneOf(("viewer", AdminRoles.Viewer), ("operator", AdminRoles.Operator), ("approver", AdminRoles.Approver),
                    ("policy_admin", AdminRoles.PolicyAdmin)) is { } role && unique.Add(role.ToString(), item))
                roles |= role;
        }
        return roles;
    }

    private static ImmutableArray<string> Texts(Field? field, string thing, int longest)
    {
        var texts = new List<string>();
        var unique = new Unique(thing);
        foreach (var item in field?.Items(thing, MaxTexts) ?? [])
        {
            if (item.Text(thing, longest) is { } text && unique.Add(text, item))
                texts.Add(text);
        }
        return [.. texts];
    }

    /// <summary>An agent that runs as its administrator's user can administer itself. Allowed: so one tries the product at home.</summary>
    private static void WarnOfWorkloads(Admin admin, Field field, List<Workload> workloads)
    {
        var fact = admin.Proof switch
        {
            AdminProof.UnixUser user => Selector.Of(SelectorKind.UnixUid, user.Uid),
            AdminProof.Mtls mtls => new Selector(SelectorKind.X509SpiffeId, mtls.SpiffeId.ToString()),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        foreach (var workload in workloads.Where(w => w.Attest.Any(set => set.Selectors.Contains(fact))))
        {
            field.Errors.Warn(CatalogErrorKind.Ambiguous, field.KeyAt,
                $"admin \"{admin.Name}\" and workload \"{workload.Name}\" prove themselves alike ({fact}): "
                + "the workload can administer the broker");
        }
    }
}
