using System.Buffers;

namespace CredBroker.Core.Audit;

/// <summary>What secrets look like, one word at a time. Each question is answered in time linear in the word.</summary>
internal static class SecretShapes
{
    /// <summary>The characters of a word: what tokens, keys and paths are made of.</summary>
    public static readonly SearchValues<char> WordCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.+/~");

    private const int MinJwt = 16;
    private const int ShortestPrefix = 3;
    private const int MinAfterPrefix = 12;
    private const int MinRandom = 20;

    private static readonly SearchValues<string> PasswordWords =
        SearchValues.Create(["password", "passwd", "passphrase", "pwd"], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<string> SecretWords = SearchValues.Create(
        [
            "secret", "apikey", "api_key", "api-key", "accesskey", "access_key", "access-key", "accountkey", "privatekey", "private_key",
            "private-key", "credential", "authorization", "cookie", "token",
        ],
        StringComparison.OrdinalIgnoreCase);

    // As their makers publish them: AWS, GitHub, GitLab, Slack, OpenAI and Anthropic, Stripe, Google, Vault, npm, PyPI, SendGrid,
    // DigitalOcean, Shopify, Hugging Face, age.
    private static readonly SearchValues<string> KeyPrefixes = SearchValues.Create(
        [
            "AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-",
            "xoxe-", "xapp-", "sk-", "sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_", "AIza", "ya29.", "GOCSPX-", "hvs.", "hvb.",
            "npm_", "pypi-", "SG.", "dop_v1_", "shpat_", "hf_", "AGE-SECRET-KEY-1",
        ],
        StringComparison.Ordinal);

    /// <summary>A name that a password follows.</summary>
    public static bool IsPasswordName(ReadOnlySpan<char> word) => word.ContainsAny(PasswordWords) || Is(word, "pass");

    /// <summary>A name that a secret follows.</summary>
    public static bool IsSecretName(ReadOnlySpan<char> word) =>
        IsPasswordName(word) || word.ContainsAny(SecretWords) || Is(word, "sig");

    /// <summary>A name that a token follows, or a count of them.</summary>
    public static bool IsTokenName(ReadOnlySpan<char> word) => word.Contains("token", StringComparison.OrdinalIgnoreCase);

    /// <summary>A header whose secret is the rest of its line.</summary>
    public static bool IsSecretHeader(ReadOnlySpan<char> word) =>
        word.EndsWith("authorization", StringComparison.OrdinalIgnoreCase) || word.EndsWith("cookie", StringComparison.OrdinalIgnoreCase);

    /// <summary>A scheme of the Authorization header that a credential follows.</summary>
    public static bool IsAuthScheme(ReadOnlySpan<char> word) =>
        Is(word, "Bearer") || Is(word, "Basic") || Is(word, "DPoP") || Is(word, "Negotiate");

    /// <summary>Letters only, of which at most the first is a capital.</summary>
    public static bool IsPlainWord(ReadOnlySpan<char> word) =>
        !word.IsEmpty && char.IsAsciiLetter(word[0]) && !word[1..].ContainsAnyExceptInRange('a', 'z');

    /// <summary>A number of few digits: a count, an amount, a limit.</summary>
    public static bool IsCount(ReadOnlySpan<char> word) => word.Length is > 0 and <= 7 && !word.ContainsAnyExceptInRange('0', '9');

    /// <summary>True for what is a secret by itself, whatever stands before it.</summary>
    public static bool IsSecret(ReadOnlySpan<char> word) => IsJwt(word) || HasKnownPrefix(word) || (LooksRandom(word) && !IsUuid(word));

    // The header of a JWT is a JSON object, and {" is eyJ in base64.
    private static bool IsJwt(ReadOnlySpan<char> word) => word.Length >= MinJwt && word.StartsWith("eyJ");

    private static bool HasKnownPrefix(ReadOnlySpan<char> word)
    {
        for (var from = 0; from + ShortestPrefix + MinAfterPrefix <= word.Length;)
        {
            var found = word[from..].IndexOfAny(KeyPrefixes);
            if (found < 0) return false;
            var at = from + found;
            from = at + ShortestPrefix;
            if (at > 0 && char.IsAsciiLetterOrDigit(word[at - 1])) continue;
            // npm_config_registry is no key: keys have digits or capitals.
            var rest = word[from..];
            if (rest.Length >= MinAfterPrefix && (rest.ContainsAnyInRange('0', '9') || rest.ContainsAnyInRange('A', 'Z'))) return true;
        }

        return false;
    }

    // Words, paths and camelCase change seldom between small letters, capitals and digits; random text does so every other character.
    private static bool LooksRandom(ReadOnlySpan<char> word)
    {
        if (word.Length < MinRandom) return false;
        var (changes, digits, letters) = (0, 0, 0);
        var before = Kind.None;
        foreach (var character in word)
        {
            var kind = KindOf(character);
            if (kind == Kind.None) continue;
            letters++;
            if (kind == Kind.Digit) digits++;
            // A capital at the start of a word is no change.
            if (before != Kind.None && kind != before && (before, kind) is not (Kind.Upper, Kind.Lower)) changes++;
            before = kind;
        }

        // Per hundred characters. The longer the word and the more digits in it, the less else it can be.
        var needed = (letters, digits) is (>= 32, >= 1) or (>= 24, >= 2) ? 25 : 35;
        return letters >= MinRandom && changes * 100 >= letters * needed;
    }

    // An identifier, and in every other intent: 8-4-4-4-12 digits.
    private static bool IsUuid(ReadOnlySpan<char> word) => word.Length == 36 && Guid.TryParseExact(word, "D", out _);

    private static Kind KindOf(char character) =>
        char.IsAsciiLetterLower(character) ? Kind.Lower
        : char.IsAsciiLetterUpper(character) ? Kind.Upper
        : char.IsAsciiDigit(character) ? Kind.Digit
        : Kind.None;

    private static bool Is(ReadOnlySpan<char> word, string name) => word.Equals(name, StringComparison.OrdinalIgnoreCase);

    private enum Kind
    {
        None,
        Lower,
        Upper,
        Digit,
    }
}
