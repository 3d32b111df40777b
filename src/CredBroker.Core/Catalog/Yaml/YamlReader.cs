using System.Collections.Immutable;
using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using TagDirective = YamlDotNet.Core.Tokens.TagDirective;

namespace CredBroker.Core.Catalog.Yaml;

/// <summary>
/// YAML to positioned nodes. Refuses everything that lets a document say something other than what it shows: anchors and
/// aliases, tags, merge keys, directives, several documents, repeated keys.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>The deepest path of a catalog has 8 levels; the reader recurses, so the bound also protects the stack.</summary>
    internal const int MaxDepth = 16;

    private readonly string file;
    private readonly CatalogErrors errors;
    private readonly Parser parser;

    private YamlReader(string file, string text, CatalogErrors errors)
    {
        this.file = file;
        this.errors = errors;
        parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>The document's node; null when there is none that could be read. Every mistake is in <paramref name="errors"/>.</summary>
    internal static YamlNode? Read(string file, ReadOnlySpan<byte> content, CatalogErrors errors)
    {
        var text = SourceText.Decode(file, content, errors);
        if (text is null)
            return null;
        var reader = new YamlReader(file, text, errors);
        try
        {
            return reader.Document();
        }
        catch (YamlException e)
        {
            errors.Add(CatalogErrorKind.Syntax, At(file, e.Start), $"not YAML: {Words(e.Message)}");
            return null;
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet 16.3.0 on some broken flow collections and plain scalars: found by the fuzz test. Near the last good event.
            errors.Add(CatalogErrorKind.Syntax, reader.At(reader.parser.Current), "not YAML: broken after this");
            return null;
        }
    }

    private YamlNode? Document()
    {
        parser.MoveNext();
        parser.MoveNext(); // past the start of the stream
        if (parser.Current is not DocumentStart start)
        {
            errors.Add(CatalogErrorKind.MissingKey, new(file, 1, 1), "the file is empty");
            return null;
        }
        if (start.Version is not null || start.Tags?.Any(IsDeclared) == true)
            errors.Add(CatalogErrorKind.YamlFeature, At(start), "YAML directives are not allowed");
        parser.MoveNext();

        var root = Value(depth: 1);
        if (root is null)
            return null;

        parser.MoveNext();
        if (parser.Current is DocumentStart second)
            errors.Add(CatalogErrorKind.YamlFeature, At(second), "a second document begins", "one document to a file");
        return root;
    }

    /// <summary>Null when reading cannot go on.</summary>
    private YamlNode? Value(int depth)
    {
        var at = At(parser.Current);
        if (depth > MaxDepth)
        {
            errors.Add(CatalogErrorKind.TooDeep, at, "nested too deeply",
                string.Create(CultureInfo.InvariantCulture, $"at most {MaxDepth} levels"));
            return null;
        }

        if (parser.Current is NodeEvent node)
            RefuseProperties(node, at);
        switch (parser.Current)
        {
            case SequenceStart:
                return SequenceOf(at, depth);
            case MappingStart:
                return MappingOf(at, depth);
            case Scalar scalar:
                parser.MoveNext();
                return new YamlNode.Scalar(scalar.Value, scalar.Style == ScalarStyle.Plain, at);
            case AnchorAlias:
                errors.Add(CatalogErrorKind.YamlFeature, at, "aliases are not allowed", "the value written out where it is used");
                parser.MoveNext();
                return new YamlNode.Refused(at);
            default:
                errors.Add(CatalogErrorKind.Syntax, at, "the document ends in the middle of a value");
                return null;
        }
    }

    /// <summary>By a %TAG directive: two are always there.</summary>
    private static bool IsDeclared(TagDirective tag) => (tag.Handle, tag.Prefix) is not (("!", "!") or ("!!", "tag:yaml.org,2002:"));

    private void RefuseProperties(NodeEvent node, SourcePosition at)
    {
        if (!node.Anchor.IsEmpty)
            errors.Add(CatalogErrorKind.YamlFeature, at, "anchors are not allowed", "the value written out where it is used");
        if (!node.Tag.IsEmpty)
            errors.Add(CatalogErrorKind.YamlFeature, at, "tags are not allowed", "a plain value");
    }

    private YamlNode.Sequence? SequenceOf(SourcePosition at, int depth)
    {
        parser.MoveNext();
        var items = ImmutableArray.CreateBuilder<YamlNode>();
        while (parser.Current is not SequenceEnd)
        {
            var item = Value(depth + 1);
            if (item is null)
                return null;
            items.Add(item);
        }
        parser.MoveNext();
        return new(items.ToImmutable(), at);
    }

    private YamlNode.Mapping? MappingOf(SourcePosition at, int depth)
    {
        parser.MoveNext();
        var entries = ImmutableArray.CreateBuilder<YamlEntry>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (parser.Current is not MappingEnd)
        {
            var key = Value(depth + 1);
            var value = key is null ? null : Value(depth + 1);
            if (key is null || value is null)
                return null;
            if (IsUsable(key, lines) is { } name)
                entries.Add(new(name, key.At, value is YamlNode.Scalar { IsNull: true } nothing ? nothing with { At = key.At } : value));
        }
        parser.MoveNext();
        return new(entries.ToImmutable(), at);
    }

    private string? IsUsable(YamlNode key, Dictionary<string, int> lines)
    {
        switch (key)
        {
            case YamlNode.Scalar { IsPlain: true, Text: "<<" }:
                errors.Add(CatalogErrorKind.YamlFeature, key.At, "merge keys are not allowed", "the keys written out where they are used");
                return null;
            case YamlNode.Scalar scalar when !lines.TryAdd(scalar.Text, scalar.At.Line):
                errors.Add(CatalogErrorKind.DuplicateKey, key.At, string.Create(CultureInfo.InvariantCulture,
                    $"{Quoting.Quote(scalar.Text)} is already given on line {lines[scalar.Text]}"));
                return null;
            case YamlNode.Scalar scalar:
                return scalar.Text;
            case YamlNode.Refused:
                return null;
            default:
                errors.Add(CatalogErrorKind.WrongType, key.At, "a list or mapping as a key", "text");
                return null;
        }
    }

    /// <summary>The parser has an event until the end of the stream, and nothing here reads past the end of the document.</summary>
    private SourcePosition At(ParsingEvent? e) => At(file, e?.Start ?? Mark.Empty);

    private static SourcePosition At(string file, Mark mark) =>
        new(file, (int)Math.Clamp(mark.Line, 1, int.MaxValue), (int)Math.Clamp(mark.Column, 1, int.MaxValue));

    /// <summary>The library's sentence, made to fit ours: lower case at the start, no full stop, no line breaks.</summary>
    private static string Words(string message)
    {
        var words = Quoting.Quote(message.Trim().TrimEnd('.'))[1..^1];
        return words.Length == 0 ? "unreadable" : char.ToLowerInvariant(words[0]) + words[1..];
    }
}
