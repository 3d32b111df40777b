using System.Text.RegularExpressions;

namespace CredBroker.Cedar.Fuzz.Mutation;

/// <summary>A text of the language in pieces, by which it is changed and shrunk; what is no token is a piece as well.</summary>
internal static partial class Tokens
{
    public static List<string> Of(string text) => [.. Piece().Matches(text).Select(match => match.Value)];

    public static string Join(IEnumerable<string> tokens) => string.Concat(tokens);

    [GeneratedRegex("""\s+|//[^\n]*|"(?:[^"\\]|\\.)*"|[A-Za-z_]\w*|[0-9]+|::|==|!=|<=|>=|&&|\|\||.""", RegexOptions.Singleline)]
    private static partial Regex Piece();
}
