namespace CredBroker.IntegrationTests;

public sealed class PostgresTests(Postgres postgres)
{
    [Fact]
    public async Task Each_test_gets_a_migrated_database_that_no_other_test_sees()
    {
        await using var one = await postgres.CreateDatabaseAsync();
        await using var two = await postgres.CreateDatabaseAsync();

        await one.ExecuteAsync("UPDATE catalog_head SET version = 7");

        Assert.Equal(7, await one.ScalarAsync<int>("SELECT version FROM catalog_head"));
        Assert.Equal(0, await two.ScalarAsync<int>("SELECT version FROM catalog_head"));
    }

    [Fact]
    public async Task Commits_are_acknowledged_only_when_they_survive_the_death_of_the_server()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        Assert.Equal("on", await database.ScalarAsync<string>("SHOW synchronous_commit"));
    }
}
