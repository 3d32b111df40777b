using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using CredBroker.V1;

namespace CredBroker.Cli.Grammar;

/// <summary>
/// Capabilities on the command line: <c>tool:action:resource</c>, then after a question mark the parameters, set apart by semicolons:
/// <c>name=one|other</c> (one of these texts), <c>name^start</c> (texts that start so), <c>name:1..9</c> or <c>name:5</c> (whole
/// numbers), <c>name:true</c>. A backslash takes the meaning from the character after it. What the names and resources may be, the
/// broker decides.
/// </summary>
internal static class CapabilityText
{
    /// <summary>The form, for help and hints.</summary>
    public const string Form = "tool:action:resource[?name=text|text;name^prefix;name:min..max;name:true]";

    /// <summary>Reads a capability; when it cannot, says why.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Capability? capability, [NotNullWhen(false)] out string? problem)
    {
        capability = null;
        var question = text.IndexOf('?', StringComparison.Ordinal);
        var head = (question < 0 ? text : text[..question]).Split(':', 3);
        if (head.Length < 3 || head.Any(part => part.Length == 0))
        {
            problem = $"'{text}' is not of the form {Form}";
            return false;
        }

        var read = new Capability { Tool = head[0], Action = head[1], Resource = head[2] };
        foreach (var part in question < 0 ? [] : Escaped.Split(text[(question + 1)..], ';'))
        {
            if (ParseParameter(part) is not { } parameter)
            {
                problem = $"'{part}' is not of the form name=text|text, name^prefix, name:min..max or name:true";
                return false;
            }

            read.Parameters.Add(parameter);
        }

        (capability, problem) = (read, null);
        return true;
    }

    /// <summary>The text that <see cref="TryParse"/> reads as this capability.</summary>
    public static string Of(Capability? capability)
    {
        if (capability is null) return "";
        var text = new StringBuilder($"{capability.Tool}:{capability.Action}:{capability.Resource}");
        var mark = '?';
        foreach (var parameter in capability.Parameters)
        {
            text.Append(mark).Append(parameter.Name).Append(TextOf(parameter));
            mark = ';';
        }

        return text.ToString();
    }

    private static string TextOf(Parameter parameter) => parameter.ConstraintCase switch
    {
        Parameter.ConstraintOneofCase.OneOf => "=" + string.Join('|', parameter.OneOf.Values.Select(Escaped.Of)),
        Parameter.ConstraintOneofCase.Prefix => "^" + Escaped.Of(parameter.Prefix),
        Parameter.ConstraintOneofCase.Range => string.Create(CultureInfo.InvariantCulture, $":{parameter.Range.Min}..{parameter.Range.Max}"),
        Parameter.ConstraintOneofCase.Boolean => parameter.Boolean ? ":true" : ":false",
        _ => "",
    };

    private static Parameter? ParseParameter(string text)
    {
        var sign = text.AsSpan().IndexOfAny('=', '^', ':');
        if (sign <= 0) return null;
        var parameter = new Parameter { Name = text[..sign] };
        var value = text[(sign + 1)..];
        switch (text[sign])
        {
            case '=':
                parameter.OneOf = new StringSet { Values = { Escaped.Split(value, '|').Select(Escaped.Read) } };
                return parameter;
            case '^':
                parameter.Prefix = Escaped.Read(value);
                return parameter;
            default:
                return ParseLiteral(parameter, value) ? parameter : null;
        }
    }

    private static bool ParseLiteral(Parameter parameter, string value)
    {
        if (value is "true" or "false")
        {
            parameter.Boolean = value == "true";
            return true;
        }

        var dots = value.IndexOf("..", StringComparison.Ordinal);
        if (!TryLong(dots < 0 ? value : value[..dots], out var min) || !TryLong(dots < 0 ? value : value[(dots + 2)..], out var max)) return false;
        parameter.Range = new LongRange { Min = min, Max = max };
        return true;
    }

    private static bool TryLong(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
