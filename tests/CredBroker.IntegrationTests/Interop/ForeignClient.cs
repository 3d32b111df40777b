using System.Text.Json;

namespace CredBroker.IntegrationTests.Interop;

/// <summary>Clients of the broker that know of it what the contract says: grpcio in Python, and grpc-js in Node.</summary>
internal static class ForeignClient
{
    private const string Python = "/usr/bin/python3";
    private static readonly JsonSerializerOptions s_shape = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true,
    };

    private static readonly Lazy<Task<string?>> s_noPython =
        new(async () => await ForeignProgram.WhyFailedAsync("python", Python, "-c", "import grpc, google.protobuf, cryptography") is null
            ? null : "python3-grpcio or python3-cryptography is not installed");

    private static readonly Lazy<Task<string?>> s_noNode = new(() => ForeignProgram.InstallNodeModulesAsync("node"));

    public static async Task SkipWithoutAsync(string language)
    {
        var missing = await (language == "python" ? s_noPython : s_noNode).Value;
        Assert.SkipWhen(missing is not null, missing ?? "");
    }

    /// <summary>Lets it play a scenario of <c>broker_client</c>, and answers what it saw.</summary>
    public static async Task<T> PlayAsync<T>(string language, string scenario, object given)
    {
        string[] command = language == "python" ? [Python, "broker_client.py", ForeignProgram.Protoset] : ["node", "broker_client.js", ForeignProgram.Protos];
        var (exitCode, output, errors) = await ForeignProgram.RunAsync(language, command[0], [.. command[1..], scenario], JsonSerializer.Serialize(given));
        Assert.True(exitCode == 0, output + errors);
        return JsonSerializer.Deserialize<T>(output, s_shape)!;
    }
}
