using System.Text;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Server.Attestation;
using CredBroker.Tests.Identity;
using Microsoft.Extensions.Logging.Abstractions;

namespace CredBroker.Tests.Attestation;

public sealed class JwksSourceTests : IDisposable
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly KeyServer server = new();
    private readonly JwksFetcher fetcher;
    private readonly JwksSource source;
    private int version;

    public JwksSourceTests()
    {
        var clock = new SteppedClock(ForgeJwt.Now);
        fetcher = new(server, clock);
        source = new(fetcher, clock, NullLogger<JwksSource>.Instance);
    }

    public void Dispose()
    {
        fetcher.Dispose();
        server.Dispose();
    }

    [Fact]
    public async Task Keys_in_a_file_are_those_of_the_catalog_that_decides()
    {
        var first = Snapshot("jwks_file: keys.json", KeyServer.SetOf("one"));
        var second = Snapshot("jwks_file: keys.json", KeyServer.SetOf("two"));

        Assert.Equal(["one"], (await KeysAsync(first))!.KeyIds);
        Assert.Equal(["two"], (await KeysAsync(second))!.KeyIds);
        Assert.Equal(["one"], (await KeysAsync(first))!.KeyIds);
        Assert.Equal(0, server.Asked);
    }

    [Fact]
    public async Task Keys_at_an_address_are_fetched_once_for_all_catalogs_that_name_it()
    {
        Assert.NotNull(await KeysAsync(Snapshot("jwks_url: https://issuer.example/keys")));
        Assert.NotNull(await KeysAsync(Snapshot("jwks_url: https://issuer.example/keys")));

        Assert.Equal(1, server.Asked);
    }

    [Fact]
    public async Task An_address_that_the_catalog_no_longer_names_is_forgotten()
    {
        var first = Snapshot("jwks_url: https://issuer.example/keys");
        Assert.NotNull(await KeysAsync(first));
        Assert.NotNull(await KeysAsync(Snapshot("jwks_url: https://elsewhere.example/keys")));
        Assert.NotNull(await KeysAsync(first));

        Assert.Equal(3, server.Asked);
    }

    private ValueTask<JwkSet?> KeysAsync(CatalogSnapshot snapshot)
    {
        var domain = Assert.Single(snapshot.Catalog.TrustDomains.Values);
        return source.KeysAsync(snapshot, domain.Name, domain.Jwt!, null, Ct);
    }

    private CatalogSnapshot Snapshot(string keys, string? file = null)
    {
        var yaml = $$"""
            trust_domains:
              example.org:
                jwt: {profile: oidc, issuer: "{{ForgeJwt.Issuer}}", audiences: [broker], {{keys.Replace(": ", ": \"", StringComparison.Ordinal)}}"}
            """;
        List<(string, ReadOnlyMemory<byte>)> files = [(CatalogFiles.Main, Encoding.UTF8.GetBytes(yaml))];
        if (file is not null)
            files.Add(("keys.json", Encoding.UTF8.GetBytes(file)));
        return Assert.IsType<CatalogReading.Valid>(CatalogReader.Read(files)).As(++version);
    }
}
