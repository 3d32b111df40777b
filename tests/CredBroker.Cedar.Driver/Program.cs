using System.Text;

namespace CredBroker.Cedar.Driver;

/// <summary>
/// Answers one JSON object for each line of its input, in order, with the same fields as the official build's oracle, so that any harness
/// can hold the two side by side.
/// </summary>
public static class Program
{
    public static async Task Main()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        using var input = new StreamReader(Console.OpenStandardInput(), utf8);
        await using var output = new StreamWriter(Console.OpenStandardOutput(), utf8);
        var session = new Session();
        while (await input.ReadLineAsync() is { } line)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            await output.WriteLineAsync(session.Answer(line));
            await output.FlushAsync();
        }
    }
}
