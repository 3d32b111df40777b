using System.Text.Json;
using CredBroker.Core.Identity;

namespace CredBroker.IntegrationTests.Keys;

/// <summary>What tests look at of published keys and of tokens.</summary>
internal static class KeySet
{
    /// <summary>A broker that shows its keys over HTTP, with a lifetime of keys.</summary>
    public static Task<TestBroker> StartAsync(TestDatabase database, TimeSpan keyLifetime, TimeProvider? clock = null) => TestBroker.StartAsync(database, options =>
    {
        options.SigningKeyLifetime = keyLifetime;
        options.WebListen.Add("http://127.0.0.1:0");
    }, clock: clock);

    /// <summary>The key set as an offline verifier reads it.</summary>
    public static async Task<IReadOnlyList<JsonElement>> KeysAsync(this HttpClient http, TestBroker broker)
    {
        var text = await http.GetStringAsync(new Uri(broker.WebAddress, "/.well-known/jwks.json"), TestContext.Current.CancellationToken);
        return [.. JsonDocument.Parse(text).RootElement.GetProperty("keys").EnumerateArray()];
    }

    /// <summary>The ids of the keys in it.</summary>
    public static async Task<IReadOnlyList<string>> KeyIdsAsync(this HttpClient http, TestBroker broker) =>
        [.. (await http.KeysAsync(broker)).Select(key => key.GetProperty("kid").GetString()!)];

    /// <summary>The key that signed a token.</summary>
    public static string KeyIdOf(string token) =>
        CompactJws.TryParse(token, JwsLimits.Token, out var jws, out _) ? jws.Header.KeyId! : throw new ArgumentException("not a token", nameof(token));
}
