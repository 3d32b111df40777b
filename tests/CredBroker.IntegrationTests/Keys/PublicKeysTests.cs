using System.Data.Common;
using CredBroker.Server;
using CredBroker.Server.Keys;
using CredBroker.Server.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace CredBroker.IntegrationTests.Keys;

/// <summary>What a replica knows of the keys of others.</summary>
public sealed class PublicKeysTests(Postgres postgres)
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_was_published_right_after_a_look_is_found_all_the_same()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        using var here = new PublicKeys(Open(database), new(), TimeProvider.System);
        using var there = new PublicKeys(Open(database), new(), TimeProvider.System);
        for (var i = 0; i < 3; i++)
        {
            using var keys = new SigningKeys(Open(database), there, Replica.New(TimeProvider.System), new BrokerOptions(), TimeProvider.System);
            await here.RefreshAsync(Ct);
            await keys.MaintainAsync(Ct);

            Assert.NotNull(await here.FindAsync(keys.Current.KeyId, Ct));
        }
    }

    [Fact]
    public async Task A_flood_of_invented_ids_reads_the_database_once()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var reads = new Reads();
        using var here = new PublicKeys(Open(database, reads), new(), TimeProvider.System);

        var found = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => here.FindAsync($"invented-{i}", Ct).AsTask()));

        Assert.All(found, Assert.Null);
        // One look for those that came first, and one for those that came when it had begun.
        Assert.InRange(reads.Count, 1, 2);
    }

    private static PooledDbContextFactory<BrokerDb> Open(TestDatabase database, params IInterceptor[] interceptors)
    {
        var options = new DbContextOptionsBuilder<BrokerDb>();
        BrokerDb.Configure(options, database.DataSource);
        return new(options.AddInterceptors(interceptors).Options);
    }

    private sealed class Reads : DbCommandInterceptor
    {
        private int count;

        public int Count => count;

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref count);
            return ValueTask.FromResult(result);
        }
    }
}
