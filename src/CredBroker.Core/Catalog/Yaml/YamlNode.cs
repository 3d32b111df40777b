using System.Collections.Immutable;

namespace CredBroker.Core.Catalog.Yaml;

/// <summary>A value of a YAML document, with its place. Nothing here knows what a catalog is.</summary>
internal abstract record YamlNode(SourcePosition At)
{
    /// <summary>A word, number or quoted text, as written.</summary>
    internal sealed record Scalar(string Text, bool IsPlain, SourcePosition At) : YamlNode(At)
    {
        /// <summary>Nothing, <c>~</c> or <c>null</c>: a key without a value.</summary>
        internal bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";
    }

    internal sealed record Sequence(ImmutableArray<YamlNode> Items, SourcePosition At) : YamlNode(At);

    /// <summary>Keys are distinct: repeated ones were reported and left out.</summary>
    internal sealed record Mapping(ImmutableArray<YamlEntry> Entries, SourcePosition At) : YamlNode(At);

    /// <summary>A value that was refused and reported: whoever meets it stays silent.</summary>
    internal sealed record Refused(SourcePosition At) : YamlNode(At);
}

/// <summary>One key of a mapping with its value.</summary>
internal sealed record YamlEntry(string Key, SourcePosition KeyAt, YamlNode Value);
