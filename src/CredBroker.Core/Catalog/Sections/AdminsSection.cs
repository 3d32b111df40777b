using CredBroker.Core.Identity;

namespace CredBroker.Core.Catalog.Sections;

/// <summary>The section <c>admins</c>: who administers the broker.</summary>
internal static class AdminsSection
{
    private const int MaxAdmins = 256;

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
        if (field.Fields("uid", "spiffe_id", "roles") is not { } keys)
            return null;
        var proof = keys.ExactlyOne("uid", "spiffe_id") is { } given ? Proof(given, trustDomains, proofs) : null;
        var roles = Roles(keys.Must("roles"));
        return proof is null || roles == AdminRoles.None ? null : new(name, proof, roles);
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
