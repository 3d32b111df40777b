using System.Text;

namespace CredBroker.IntegrationTests.Cli;

/// <summary>
/// A transcript of the command line that is also its test. After a line <c>$ credbroker …</c> come the lines that it writes to standard
/// output; those to standard error begin with <c>2&gt; </c>; a line <c>? 4</c> is the exit code where it is not 0. Lines that begin with
/// <c>#</c> are for readers, and so are empty lines before a command.
/// </summary>
internal static class Transcript
{
    private const string Prompt = "$ credbroker ";

    /// <param name="Line">The line number of the command.</param>
    /// <param name="Command">What follows <c>credbroker</c>.</param>
    /// <param name="Out">Standard output, expected.</param>
    /// <param name="Error">Standard error, expected.</param>
    /// <param name="ExitCode">The exit code, expected.</param>
    public sealed record Step(int Line, string Command, string Out, string Error, int ExitCode);

    public static IReadOnlyList<Step> Read(string text)
    {
        var steps = new List<Step>();
        var (line, command, output, error, code) = (0, (string?)null, new List<string>(), new List<string>(), 0);
        foreach (var (number, content) in text.Split('\n').Index())
        {
            if (content.StartsWith(Prompt, StringComparison.Ordinal))
            {
                Close();
                (line, command) = (number + 1, content[Prompt.Length..]);
            }
            else if (content.StartsWith("2> ", StringComparison.Ordinal)) error.Add(content[3..]);
            else if (content.StartsWith("? ", StringComparison.Ordinal)) code = int.Parse(content[2..]);
            else if (!content.StartsWith('#')) output.Add(content);
        }

        Close();
        return steps;

        void Close()
        {
            if (command is not null) steps.Add(new(line, command, Joined(output), Joined(error), code));
            (output, error, code) = ([], [], 0);
        }
    }

    /// <summary>The words of a command, as a shell takes them: by spaces, but for what stands in quotes.</summary>
    public static IReadOnlyList<string> Words(string command)
    {
        var words = new List<string>();
        var (word, quote, inWord) = (new StringBuilder(), '\0', false);
        foreach (var letter in command)
        {
            if (letter == quote) quote = '\0';
            else if (quote == '\0' && letter is '\'' or '"') (quote, inWord) = (letter, true);
            else if (quote == '\0' && letter == ' ') Close();
            else (_, inWord) = (word.Append(letter), true);
        }

        Close();
        return words;

        void Close()
        {
            if (inWord) words.Add(word.ToString());
            word.Clear();
            inWord = false;
        }
    }

    private static string Joined(List<string> lines)
    {
        while (lines.Count > 0 && lines[^1].Length == 0) lines.RemoveAt(lines.Count - 1);
        return string.Concat(lines.Select(line => line + "\n"));
    }
}
