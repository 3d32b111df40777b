using CredBroker.Server.Hosting;

namespace CredBroker.IntegrationTests.Hosting;

/// <param name="postgres">Only for its skip.</param>
public sealed class EmbeddedPostgresTemplateTests(Postgres postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Brokers_that_start_at_once_on_a_new_machine_make_the_template_once()
    {
        postgres.SkipWithoutPostgres();
        using var folder = new ClusterFolder();
        var account = new EmbeddedPostgresAccount();
        var binaries = await EmbeddedPostgresBinaries.FindAsync(account, null, null, Ct);
        Directory.CreateDirectory(folder.Path);
        var template = new EmbeddedPostgresTemplate(account, binaries, TimeProvider.System) { Cache = folder.Path };

        var copies = Enumerable.Range(1, 3).Select(n => Path.Combine(folder.Path, $"data{n}")).ToList();
        await Task.WhenAll(copies.Select(c => Task.Run(() => template.CopyToAsync(c, durable: false, Ct))));

        var made = Directory.GetDirectories(folder.Path, "postgres-*");
        Assert.Single(made);
        var system = await File.ReadAllBytesAsync(Path.Combine(made[0], "global", "pg_control"), Ct);
        foreach (var copy in copies)
        {
            Assert.Equal(system, await File.ReadAllBytesAsync(Path.Combine(copy, "global", "pg_control"), Ct));
            Assert.Contains("peer map=own", await File.ReadAllTextAsync(Path.Combine(copy, "pg_hba.conf"), Ct), StringComparison.Ordinal);
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(copy) & (UnixFileMode)0b000_111_111);
        }
    }

    [Fact]
    public async Task Nobody_but_the_account_and_its_master_may_connect()
    {
        postgres.SkipWithoutPostgres();
        using var folder = new ClusterFolder();
        await using var cluster = await folder.StartAsync();

        var admitted = await ClusterFolder.QueryAsync<string>(cluster.ConnectionString,
            "SELECT string_agg(type || ' ' || auth_method || ' ' || array_to_string(options, ' '), '; ') FROM pg_hba_file_rules");
        var map = await File.ReadAllLinesAsync(Path.Combine(folder.Path, "data", "pg_ident.conf"), Ct);

        Assert.Equal("local peer map=own; local peer map=own", admitted);
        Assert.Equal(new EmbeddedPostgresAccount().Peers.Select(p => $"own {p} postgres"), map);
    }
}
