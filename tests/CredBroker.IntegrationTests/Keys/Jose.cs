using System.Text.Json;
using CredBroker.IntegrationTests.Interop;

namespace CredBroker.IntegrationTests.Keys;

/// <summary>A JWT library that we did not write: jose, from npm, in a Node process that knows only the address of the key set.</summary>
internal static class Jose
{
    private const string Folder = "jose";
    private static readonly Lazy<Task<string?>> s_missing = new(() => ForeignProgram.InstallNodeModulesAsync(Folder));

    /// <summary>Why it cannot be asked; null when it can.</summary>
    public static Task<string?> WhyNotAsync() => s_missing.Value;

    /// <summary>Asks about all tokens in one go; see <c>verify_tokens.mjs</c> for question and answer.</summary>
    public static async Task<JsonElement> VerifyAsync(object question)
    {
        var (exitCode, output, errors) = await ForeignProgram.RunAsync(Folder, "node", ["verify_tokens.mjs"], JsonSerializer.Serialize(question));
        Assert.True(exitCode == 0, errors);
        return JsonDocument.Parse(output).RootElement;
    }
}
