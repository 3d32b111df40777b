using System.Globalization;
using System.Text;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Values;

/// <summary>Values as they are written in a policy: what an expression that has the value would look like.</summary>
internal static class ValueText
{
    internal static string Of(CedarValue value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    // Recursion is bounded: no value nests deeper than the limit on what it was made from.
    private static void Append(StringBuilder text, CedarValue value)
    {
        if (value.TryGet(out bool truth))
            text.Append(truth ? "true" : "false");
        else if (value.TryGet(out long number))
            text.Append(CultureInfo.InvariantCulture, $"{number}");
        else if (value.TryGet(out string? words))
            StringLiteral.AppendQuoted(text, words);
        else if (value.TryGet(out CedarSet? set))
            AppendSet(text, set);
        else if (value.TryGet(out CedarRecord? record))
            AppendRecord(text, record);
        else
            text.Append(Extension(value));
    }

    private static string Extension(CedarValue value) => value.Kind switch
    {
        ValueKind.Entity when value.TryGet(out EntityUid? uid) => uid.ToString(),
        ValueKind.IpAddress when value.TryGet(out Extensions.CedarIpAddress? address) => $"ip(\"{address}\")",
        ValueKind.Decimal when value.TryGet(out Extensions.CedarDecimal number) => $"decimal(\"{number}\")",
        ValueKind.Datetime when value.TryGet(out Extensions.CedarDatetime moment) => $"datetime(\"{moment}\")",
        ValueKind.Duration when value.TryGet(out Extensions.CedarDuration length) => $"duration(\"{length}\")",
        _ => "",
    };

    private static void AppendSet(StringBuilder text, CedarSet set)
    {
        text.Append('[');
        for (var i = 0; i < set.Count; i++)
        {
            if (i > 0) text.Append(", ");
            Append(text, set.Elements[i]);
        }

        text.Append(']');
    }

    private static void AppendRecord(StringBuilder text, CedarRecord record)
    {
        text.Append('{');
        for (var i = 0; i < record.Count; i++)
        {
            if (i > 0) text.Append(", ");
            StringLiteral.AppendQuoted(text, record.Entries[i].Key);
            text.Append(": ");
            Append(text, record.Entries[i].Value);
        }

        text.Append('}');
    }
}
