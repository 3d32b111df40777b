using System.Globalization;
using CredBroker.Core.Catalog.Yaml;

namespace CredBroker.Core.Catalog.Sections;

/// <summary>How a type of the domain reads its text: its one door.</summary>
internal delegate bool Door<T>(string text, out T value);

/// <summary>
/// One value of the catalog on its way to the model: each method gives the typed value, or reports what is wrong and gives null.
/// </summary>
/// <param name="Label">What messages call it: <c>"owner"</c>, <c>workload "agent"</c>.</param>
/// <param name="KeyAt">Where its key is, or the value itself in a list.</param>
/// <param name="Node">The value.</param>
/// <param name="Errors">Where mistakes go.</param>
internal sealed record Field(string Label, SourcePosition KeyAt, YamlNode Node, CatalogErrors Errors)
{
    private const int MaxText = 1024;

    /// <summary>The key as it is written; null for items of lists and things with names.</summary>
    internal string? Key { get; init; }

    internal SourcePosition At => Node.At;

    internal string? Text(string expected = "text", int max = MaxText)
    {
        if (Scalar(expected) is not { } scalar)
            return null;
        if (scalar.Text.Length > 0 && scalar.Text.Length <= max && !scalar.Text.Any(char.IsControl))
            return scalar.Text;
        Report(CatalogErrorKind.BadText, $"{Label} is {Shown(scalar)}",
            string.Create(CultureInfo.InvariantCulture, $"{expected}, one line, 1 to {max} characters"));
        return null;
    }

    internal long? Integer(long min, long max)
    {
        var expected = string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}");
        if (Scalar(expected) is not { } scalar)
            return null;
        if (!scalar.IsPlain || !IsDecimal(scalar.Text))
        {
            Report(CatalogErrorKind.WrongType, $"{Label} is {Shown(scalar)}", expected);
            return null;
        }
        if (long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max)
            return value;
        Report(CatalogErrorKind.OutOfRange, $"{Label} is {scalar.Text}", expected);
        return null;
    }

    internal bool? Bool()
    {
        if (Scalar("true or false") is not { } scalar)
            return null;
        if (scalar is { IsPlain: true, Text: "true" or "false" })
            return scalar.Text == "true";
        Report(CatalogErrorKind.WrongType, $"{Label} is {Shown(scalar)}", "true or false");
        return null;
    }

    /// <summary>A whole number with its unit: <c>90s</c>, <c>10m</c>, <c>8h</c>, <c>7d</c>.</summary>
    internal TimeSpan? Duration(TimeSpan min, TimeSpan max)
    {
        var expected = $"a length of time from {Durations.Show(min)} to {Durations.Show(max)}, like 90s, 10m or 8h";
        if (Scalar(expected) is not { } scalar)
            return null;
        if (!Durations.TryParse(scalar.Text, out var value))
        {
            Report(CatalogErrorKind.WrongType, $"{Label} is {Shown(scalar)}", expected);
            return null;
        }
        if (value >= min && value <= max)
            return value;
        Report(CatalogErrorKind.OutOfRange, $"{Label} is {scalar.Text}", expected);
        return null;
    }

    internal T? OneOf<T>(params (string Word, T Value)[] words) where T : struct
    {
        var expected = Sections.Words.Or(words.Select(w => w.Word));
        if (Scalar(expected) is not { } scalar)
            return null;
        foreach (var (word, value) in words)
            if (word == scalar.Text)
                return value;
        Report(CatalogErrorKind.WrongType, $"{Label} is {Shown(scalar)}", expected,
            () => Nearest.To(scalar.Text, words.Select(w => w.Word)));
        return null;
    }

    /// <summary>Text that a type of the domain accepts.</summary>
    internal T? Through<T>(Door<T> door, string expected, CatalogErrorKind kind = CatalogErrorKind.BadText) where T : struct
    {
        if (Scalar(expected) is not { } scalar)
            return null;
        if (door(scalar.Text, out var value))
            return value;
        Report(kind, $"{Label} is {Shown(scalar)}", expected);
        return null;
    }

    /// <summary>A mapping with these keys and no other; null when it is none.</summary>
    internal Fields? Fields(params string[] known)
    {
        if (Node is YamlNode.Mapping mapping)
            return Sections.Fields.Of(this, mapping, known);
        WrongShape("a mapping with " + Sections.Words.Or(known));
        return null;
    }

    /// <summary>A mapping from names to things; empty when it is none.</summary>
    internal IEnumerable<(string Name, Field Field)> Named(string thing, int max)
    {
        if (Node is not YamlNode.Mapping mapping)
        {
            WrongShape($"a mapping from {thing} names");
            yield break;
        }
        if (!IsWithin(mapping.Entries.Length, max))
            yield break;
        foreach (var (key, at, value) in mapping.Entries)
            yield return (key, new Field($"{thing} {Quoting.Quote(key)}", at, value, Errors));
    }

    /// <summary>The items of a list, at least one; empty when it is none.</summary>
    internal IEnumerable<Field> Items(string thing, int max)
    {
        if (Node is not YamlNode.Sequence sequence)
        {
            WrongShape($"a list, each item {thing}");
            yield break;
        }
        if (sequence.Items.IsEmpty)
            Report(CatalogErrorKind.OutOfRange, $"{Label} is an empty list", "at least one item");
        if (!IsWithin(sequence.Items.Length, max))
            yield break;
        foreach (var item in sequence.Items)
            yield return new Field(thing, item.At, item, Errors);
    }

    internal void Report(CatalogErrorKind kind, string problem, string? expected = null, Func<string?>? suggest = null) =>
        Errors.Add(kind, At, problem, expected, suggest);

    private bool IsWithin(int count, int max)
    {
        if (count <= max)
            return true;
        Report(CatalogErrorKind.OutOfRange, string.Create(CultureInfo.InvariantCulture, $"{Label} has {count} entries"),
            string.Create(CultureInfo.InvariantCulture, $"at most {max}"));
        return false;
    }

    private YamlNode.Scalar? Scalar(string expected)
    {
        if (Node is YamlNode.Scalar { IsNull: false } scalar)
            return scalar;
        WrongShape(expected);
        return null;
    }

    private void WrongShape(string expected)
    {
        if (Node is YamlNode.Scalar { IsNull: true })
            Report(CatalogErrorKind.MissingKey, $"{Label} has no value", expected);
        else if (Node is not YamlNode.Refused)
            Report(CatalogErrorKind.WrongType, $"{Label} is {Shape}", expected);
    }

    private string Shape => Node switch
    {
        YamlNode.Mapping => "a mapping",
        YamlNode.Sequence => "a list",
        YamlNode.Scalar scalar => Shown(scalar),
        _ => "unreadable",
    };

    private static string Shown(YamlNode.Scalar scalar) =>
        scalar is { IsPlain: true, Text.Length: < 30 } && scalar.Text.All(char.IsAsciiLetterOrDigit)
            ? scalar.Text
            : Quoting.Quote(scalar.Text);

    /// <remarks>One spelling to a number: no plus, no leading zeros (010 is 8 to some readers), no underscores, no exponent.</remarks>
    private static bool IsDecimal(string text)
    {
        var digits = text.StartsWith('-') ? text[1..] : text;
        return digits.Length > 0 && digits.All(char.IsAsciiDigit) && (digits[0] != '0' || text == "0");
    }
}
