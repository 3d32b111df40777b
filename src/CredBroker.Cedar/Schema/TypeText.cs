using System.Text;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Schema;

/// <summary>Types as they are written in a schema, for messages: what is too long to read is cut.</summary>
internal static class TypeText
{
    private const int MaxLength = 120;

    internal static string Of(CedarType type)
    {
        var text = new StringBuilder();
        Append(text, type);
        return text.Length <= MaxLength ? text.ToString() : $"{text.ToString(0, MaxLength)}…";
    }

    /// <summary>For messages: <c>a `Set&lt;Long&gt;`</c> without the article.</summary>
    internal static string Code(CedarType type) => type.Equals(CedarType.True) || type.Equals(CedarType.False) ? "`Bool`" : $"`{Of(type)}`";

    private static void Append(StringBuilder text, CedarType type)
    {
        // A type may stand for a text that is exponentially longer than the schema.
        if (text.Length > MaxLength) return;
        switch (type)
        {
            case CedarType.Simple simple:
                text.Append(simple.Name);
                break;
            case CedarType.Entity entity:
                text.Append(entity.Type.Name);
                break;
            case CedarType.Set set:
                text.Append("Set<");
                Append(text, set.Element);
                text.Append('>');
                break;
            case CedarType.Record record:
                AppendRecord(text, record);
                break;
        }
    }

    private static void AppendRecord(StringBuilder text, CedarType.Record record)
    {
        text.Append('{');
        var isFirst = true;
        foreach (var (name, type, isRequired) in record.Attributes)
        {
            if (!isFirst) text.Append(", ");
            isFirst = false;
            if (text.Length > MaxLength) break;
            if (Names.IsPlain(name)) text.Append(name);
            else StringLiteral.AppendQuoted(text, name);
            text.Append(isRequired ? ": " : "?: ");
            Append(text, type);
        }

        text.Append('}');
    }
}
