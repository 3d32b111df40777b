namespace CredBroker.Cedar.Text;

/// <summary>What may be a name: identifiers, reserved words, paths.</summary>
internal static class Names
{
    /// <summary>Reserved in paths and attributes for the language's own use.</summary>
    internal const string Cedar = "__cedar";

    internal static bool IsStart(char c) => char.IsAsciiLetter(c) || c == '_';

    internal static bool IsPart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    internal static bool IsIdentifier(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || !IsStart(text[0])) return false;
        foreach (var c in text)
            if (!IsPart(c)) return false;
        return true;
    }

    internal static bool IsReserved(ReadOnlySpan<char> word) =>
        word is "true" or "false" or "if" or "then" or "else" or "in" or "is" or "like" or "has" or Cedar;

    /// <summary>True for what can be written after a dot, or as the key of a record, without quotes.</summary>
    internal static bool IsPlain(ReadOnlySpan<char> text) => IsIdentifier(text) && !IsReserved(text);

    /// <summary>True for identifiers joined by <c>::</c>, without white space and reserved words.</summary>
    internal static bool IsPath(ReadOnlySpan<char> text)
    {
        foreach (var range in text.Split("::"))
            if (!IsPlain(text[range])) return false;
        return !text.IsEmpty;
    }
}
