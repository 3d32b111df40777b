using System.Diagnostics.CodeAnalysis;
using CredBroker.Client;

namespace CredBroker.Cli.Grammar;

/// <summary>
/// Evidence on the command line: <c>unix</c>, <c>x509</c>, <c>jwt:FILE</c> or <c>join:FILE</c>. Secrets come from files only (<c>-</c>
/// is standard input): everybody on the machine can read a command line.
/// </summary>
internal static class EvidenceText
{
    /// <summary>The form, for help and hints.</summary>
    public const string Form = "unix|x509|jwt:FILE|join:FILE";

    // 43 characters and a newline; anything longer is another file.
    private const int MaxJoinTokenLength = 256;

    /// <summary>Reads evidence; when it cannot, says why.</summary>
    public static bool TryParse(
        string text, TextReader input, [NotNullWhen(true)] out Evidence? evidence, [NotNullWhen(false)] out string? problem)
    {
        evidence = null;
        problem = null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (kind, file) = colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..]);
        switch (kind, file)
        {
            case ("unix", "") when colon < 0:
                evidence = new Evidence.UnixPeer();
                break;
            case ("x509", "") when colon < 0:
                evidence = new Evidence.X509Peer();
                break;
            case ("jwt", { Length: > 0 } path):
                evidence = path == "-" ? new Evidence.Jwt(input.ReadToEnd().Trim()) : new Evidence.JwtFile(path);
                break;
            case ("join", { Length: > 0 } path):
                evidence = ReadJoinToken(path, input, out problem);
                break;
            default:
                problem = $"'{text}' is not of the form {Form}";
                break;
        }

        return evidence is not null;
    }

    private static Evidence.JoinToken? ReadJoinToken(string path, TextReader input, out string? problem)
    {
        problem = null;
        try
        {
            var secret = (path == "-" ? input.ReadLine() ?? "" : File.ReadLines(path).FirstOrDefault() ?? "").Trim();
            if (secret.Length is > 0 and <= MaxJoinTokenLength) return new Evidence.JoinToken(secret);
            problem = $"{path} holds no join token";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problem = failure.Message.TrimEnd('.');
        }

        return null;
    }
}
