using System.Buffers;
using System.Text;

namespace CredBroker.Core.Audit;

/// <summary>
/// Takes out of a text what looks like a secret: PEM blocks, JWTs, credentials after an authentication scheme, keys by their makers'
/// prefixes, values of names like <c>password</c>, passwords in URLs and connection strings, and long words that look random.
/// </summary>
/// <remarks>
/// A net, not a wall: a secret that looks like a word passes. It would rather take too much. One pass, linear in the text, hand-written:
/// nothing backtracks. Never throws. The result is at most three times as long.
/// </remarks>
public static class Scrubber
{
    /// <summary>What stands where a secret was.</summary>
    public const string Mark = "[scrubbed]";

    private const string PemBegin = "-----BEGIN ";
    private const string PemEnd = "-----END ";
    private const string PemDashes = "-----";
    private const int MinCredential = 8;
    private const int MaxUserInfo = 512;

    private static readonly SearchValues<char> AuthorityEnds = SearchValues.Create("/?# \t\r\n\"'<>");
    private static readonly SearchValues<char> ValueEnds = SearchValues.Create(" \t\r\n;,&\"'<>)}");
    private static readonly SearchValues<char> CredentialEnds = SearchValues.Create(" \t\r\n\"',;");

    /// <summary>The text, less what looks like a secret; the same instance when there is nothing.</summary>
    public static string Scrub(string text)
    {
        var secrets = new List<Region>();
        var at = 0;
        // PEM blocks first: whatever stands before one must not take its first line for the whole.
        while (text.IndexOf(PemBegin, at, StringComparison.Ordinal) is >= 0 and var pem)
        {
            FindWords(text.AsSpan(0, pem), at, secrets);
            at = EndOfPem(text, pem);
            secrets.Add(new(pem, at));
        }

        FindWords(text, at, secrets);
        return secrets.Count == 0 ? text : Replace(text, secrets);
    }

    private static string Replace(string text, List<Region> secrets)
    {
        var clean = new StringBuilder(text.Length);
        var copied = 0;
        foreach (var (start, end) in secrets)
        {
            clean.Append(text, copied, start - copied).Append(Mark);
            copied = end;
        }

        return clean.Append(text, copied, text.Length - copied).ToString();
    }

    private static int EndOfPem(string text, int at)
    {
        var end = text.IndexOf(PemEnd, at, StringComparison.Ordinal);
        var dashes = end < 0 ? -1 : text.IndexOf(PemDashes, end + PemEnd.Length, StringComparison.Ordinal);
        // A block without an end is a key that was cut off.
        return dashes < 0 ? text.Length : dashes + PemDashes.Length;
    }

    private static void FindWords(ReadOnlySpan<char> text, int at, List<Region> secrets)
    {
        while (at < text.Length)
        {
            var (secret, next) = Look(text, at);
            if (!secret.IsEmpty) secrets.Add(secret);
            at = next;
        }
    }

    // What begins here: a secret or none, and where to look next, always further on. At the start of a word, or between words.
    private static Step Look(ReadOnlySpan<char> text, int at)
    {
        var rest = text[at..];
        if (rest.StartsWith("://")) return UserInfo(text, at + 3);
        var length = LengthUntil(rest.IndexOfAnyExcept(SecretShapes.WordCharacters), rest);
        if (length == 0) return Step.To(at + 1);

        var end = at + length;
        var word = rest[..length];
        if (SecretShapes.IsSecretName(word) && Value(text, at, end) is { IsEmpty: false } value) return Step.Found(value);
        if (SecretShapes.IsAuthScheme(word) && Credential(text, end) is { IsEmpty: false } credential) return Step.Found(credential);
        return SecretShapes.IsSecret(word) ? Step.Found(new(at, EndOfPadding(text, end))) : Step.To(end);
    }

    // user:password@host: RFC 3986 section 3.2.1. The look ahead is bounded, so many "://" cost no more than their number.
    private static Step UserInfo(ReadOnlySpan<char> text, int at)
    {
        var authority = text.Slice(at, Math.Min(MaxUserInfo, text.Length - at));
        authority = authority[..LengthUntil(authority.IndexOfAny(AuthorityEnds), authority)];
        var host = authority.LastIndexOf('@');
        var colon = host < 0 ? -1 : authority[..host].IndexOf(':');
        return colon < 0 ? Step.To(at) : Step.Found(new(at + colon + 1, at + host));
    }

    // What follows a name that a secret follows: name=value, "name": "value", --name value, password is value.
    private static Region Value(ReadOnlySpan<char> text, int nameAt, int nameEnd)
    {
        var name = text[nameAt..nameEnd];
        var at = nameEnd;
        if (at < text.Length && text[at] is '"' or '\'') at++;
        at = SkipBlanks(text, at);
        var separator = at < text.Length ? text[at] : '\0';
        if (separator is '=' or ':') at++;
        else if (SecretShapes.IsPasswordName(name) && text[at..].StartsWith("is ", StringComparison.OrdinalIgnoreCase)) at += 3;
        else if (name[0] != '-' || at == nameEnd) return default;

        at = SkipBlanks(text, at);
        var end = SecretShapes.IsSecretHeader(name) ? EndOfLine(text, at) : EndOfValue(text, ref at, separator);
        var value = text[at..end];
        return SecretShapes.IsTokenName(name) && SecretShapes.IsCount(value) ? default : new(at, end);
    }

    private static int EndOfValue(ReadOnlySpan<char> text, ref int at, char separator)
    {
        if (at == text.Length) return at;
        if (text[at] is '"' or '\'')
        {
            var quote = text[at++];
            return at + LengthUntil(text[at..].IndexOfAny(quote, '\n'), text[at..]);
        }

        // A value of a connection string may hold blanks: it goes to the semicolon, unless another name comes before.
        var first = separator == '=' ? text[at..].IndexOfAny(';', '=', '\n') : -1;
        if (first >= 0 && text[at + first] == ';') return at + first;
        return at + LengthUntil(text[at..].IndexOfAny(ValueEnds), text[at..]);
    }

    private static Region Credential(ReadOnlySpan<char> text, int schemeEnd)
    {
        var at = SkipBlanks(text, schemeEnd);
        if (at == schemeEnd) return default;
        var credential = text[at..];
        credential = credential[..LengthUntil(credential.IndexOfAny(CredentialEnds), credential)];
        return credential.Length >= MinCredential && !SecretShapes.IsPlainWord(credential) ? new(at, at + credential.Length) : default;
    }

    // The = signs at the end of base64.
    private static int EndOfPadding(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] == '=') at++;
        return at;
    }

    private static int SkipBlanks(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t') at++;
        return at;
    }

    private static int EndOfLine(ReadOnlySpan<char> text, int at) => at + LengthUntil(text[at..].IndexOfAny('\r', '\n'), text[at..]);

    private static int LengthUntil(int index, ReadOnlySpan<char> text) => index < 0 ? text.Length : index;

    private readonly record struct Region(int Start, int End)
    {
        public bool IsEmpty => End == Start;
    }

    private readonly record struct Step(Region Secret, int Next)
    {
        public static Step To(int next) => new(default, next);

        public static Step Found(Region secret) => new(secret, secret.End);
    }
}
