namespace CredBroker.Cedar.Fuzz.Mutation;

/// <summary>Changes one place of a text: a token, or a character of one.</summary>
internal sealed class TextMutator(Dice dice)
{
    private static readonly string[] s_operators = ["==", "!=", "<", "<=", ">", ">=", "in", "&&", "||", "+", "-", "*", " is ", " has ", " like ", ".", "::", "=", "!", "/", "%", "&", "|"];
    private static readonly string[] s_words =
    [
        "principal", "action", "resource", "context", "true", "false", "if", "then", "else", "in", "is", "has", "like", "when", "unless", "permit", "forbid", "User", "Action", "__cedar", "contains",
        "containsAll", "containsAny", "isEmpty", "hasTag", "getTag", "ip", "decimal", "datetime", "duration", "offset", "toDate", "toTime", "lessThan", "isInRange", "isIpv4", "toDays", "entity", "type",
        "namespace", "enum", "tags", "appliesTo", "Set", "Long", "String", "Bool", "Boolean", "Extension", "Entity", "Record", "ipaddr", "attributes",
    ];

    private static readonly string[] s_literals =
        ["0", "1", "007", "9223372036854775807", "9223372036854775808", "9223372036854775809", "18446744073709551616", "\"\"", "\"a\"", "\"*\"", "\"\\*\"", "\"\\x2a\"", "\"\\u{2a}\"", "\"\\q\"", "\"\\u{d800}\"", "\"\\u{1_0}\"", "\"\\xff\"", "[]", "{}", "?principal", "?resource", "?other", "(1)"];

    private static readonly string[] s_signs = ["(", ")", "[", "]", "{", "}", ",", ";", ":", "@a", "@a(\"b\")", "?", "//\n", "/**/", " ", "\u00a0", "\ufeff", "\r", "\n", "\0", "\u2028", "é", "'", "#", "\\"];

    public string Mutate(string text)
    {
        var tokens = Tokens.Of(text);
        var solid = Enumerable.Range(0, tokens.Count).Where(i => !string.IsNullOrWhiteSpace(tokens[i])).ToArray();
        if (solid.Length == 0) return Any();
        var at = dice.Pick(solid);
        switch (dice.Below(10))
        {
            case 0:
                tokens.RemoveAt(at);
                break;
            case 1:
                tokens.Insert(at, tokens[dice.Pick(solid)]);
                break;
            case 2:
                tokens.Insert(at, Any());
                break;
            case 3:
                var other = dice.Pick(solid);
                (tokens[at], tokens[other]) = (tokens[other], tokens[at]);
                break;
            case 4:
                tokens[at] = Changed(tokens[at]);
                break;
            case 5:
                var many = Math.Min(dice.Between(2, 8), tokens.Count - at);
                tokens.RemoveRange(at, many);
                break;
            default:
                tokens[at] = Alike(tokens[at], [.. solid.Select(i => tokens[i])]);
                break;
        }

        return Tokens.Join(tokens);
    }

    /// <summary>Another of its kind: most often it still parses.</summary>
    private string Alike(string token, IReadOnlyList<string> all)
    {
        if (s_operators.Contains(token)) return dice.Pick(s_operators);
        if (token[0] == '"' || char.IsAsciiDigit(token[0])) return dice.Chance(50) ? dice.Pick(s_literals) : dice.Pick(all);
        if (!char.IsAsciiLetter(token[0])) return dice.Pick(s_signs);
        return dice.Chance(50) ? dice.Pick(s_words) : dice.Pick(all.Where(other => char.IsAsciiLetter(other[0])).ToArray());
    }

    private string Any() => dice.Pick(dice.Pick(s_operators, s_words, s_literals, s_signs));

    private string Changed(string token)
    {
        var at = dice.Below(token.Length);
        return dice.Below(3) switch
        {
            0 => token.Remove(at, 1),
            1 => token.Insert(at, dice.Pick("a", "0", "_", "\"", "\\", " ", "\n", "é", "*", "{", "}")),
            _ => token + token,
        };
    }
}
