using System.Collections.Immutable;
using System.Globalization;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;
using CredBroker.Core.Catalog;

namespace CredBroker.Core.Policies;

/// <summary>The policies of one <c>*.cedar</c> file, in its order.</summary>
/// <param name="Name">The file's name within the catalog.</param>
/// <param name="Policies">Its policies; none when it does not read.</param>
internal sealed record PolicyFile(string Name, ImmutableArray<CedarPolicy> Policies)
{
    /// <summary>Reads a file; every mistake of its text is reported.</summary>
    internal static PolicyFile Read(string name, string text, CatalogErrors errors)
    {
        if (!PolicyParser.TryParse(new SourceText(name, text), out var policies, out var mistakes)) PolicyPlaces.AddTo(errors, mistakes, name);
        foreach (var template in policies.Where(policy => policy.IsTemplate))
            errors.Add(CatalogErrorKind.BadPolicy, PolicyPlaces.Of(template.Source!, template.Span), "a template decides nothing by itself",
                "a policy without ?principal and ?resource");
        return new(name, policies);
    }

    /// <summary>What audit and warnings call each policy: its <c>@id</c>, or the file's name and its number in the file, from 1.</summary>
    internal IEnumerable<(PolicyId Id, CedarPolicy Policy)> Named() => Policies.Select((policy, i) => (
        policy.TryGetAnnotation(AnnotationReader.Id, out var id) && id is { Length: > 0 }
            ? new PolicyId(id)
            : new PolicyId(string.Create(CultureInfo.InvariantCulture, $"{Name}#{i + 1}")),
        policy));
}
