namespace CredBroker.Core.Catalog;

/// <summary>What kind of mistake a <see cref="CatalogError"/> reports.</summary>
public enum CatalogErrorKind
{
    /// <summary>Not well-formed YAML.</summary>
    Syntax,

    /// <summary>Not strict UTF-8, or a character that shows other than it reads (control, bidirectional, exotic line break).</summary>
    BadEncoding,

    /// <summary>A file, or the set of files, is larger than allowed.</summary>
    TooLarge,

    /// <summary>Nested deeper than any catalog needs.</summary>
    TooDeep,

    /// <summary>A feature of YAML that hides what a catalog says: anchor, alias, tag, merge key, directive, second document.</summary>
    YamlFeature,

    /// <summary>The same key twice in one mapping.</summary>
    DuplicateKey,

    /// <summary>The same thing named twice: in a list, or two entries that claim one identity.</summary>
    DuplicateName,

    /// <summary>A key that the catalog does not know.</summary>
    UnknownKey,

    /// <summary>A key that must be there is not, or has no value.</summary>
    MissingKey,

    /// <summary>A value of another type: a list where text is expected, a word where a number is.</summary>
    WrongType,

    /// <summary>A value outside its range, or wider than what it must lie within.</summary>
    OutOfRange,

    /// <summary>Text that is not a well-formed name, SPIFFE ID, URL, digest or path.</summary>
    BadText,

    /// <summary>A resource pattern that is not one.</summary>
    BadPattern,

    /// <summary>A name that nothing in the catalog declares, or a file that is not in the set.</summary>
    Dangling,

    /// <summary>A file of the set that nothing refers to, or whose content is not what the reference needs.</summary>
    BadFile,

    /// <summary>Keys that contradict each other, or of which exactly one is needed.</summary>
    Contradiction,

    /// <summary>Two workloads that the same evidence would match.</summary>
    Ambiguous,

    /// <summary>A policy that does not read, is not valid by the catalog's schema, or has an annotation that cannot bind.</summary>
    BadPolicy,

    /// <summary>Policies that never match, or that together permit nothing.</summary>
    Ineffective,

    /// <summary>More mistakes than are worth listing.</summary>
    TooManyErrors,
}
