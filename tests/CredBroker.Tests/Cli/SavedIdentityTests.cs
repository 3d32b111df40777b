using System.Text;
using CredBroker.Cli;
using CredBroker.Client;
using CredBroker.Tests.Identity;

namespace CredBroker.Tests.Cli;

public sealed class SavedIdentityTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly AgentIdentity Identity =
        new("a.b.c", "spiffe://example.org/agent", "agent", "jkt:x", new DateTimeOffset(2026, 11, 20, 12, 10, 0, TimeSpan.Zero));

    private readonly string _folder = Directory.CreateTempSubdirectory("cb").FullName;

    private string Kept => Path.Combine(_folder, "id.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_written_is_read_again_key_and_all()
    {
        var (key, pkcs8) = SavedIdentity.NewKey();
        SavedIdentity.Write(Kept, Identity, pkcs8);

        Assert.True(SavedIdentity.TryRead(Kept, out var saved, out _));

        Assert.Equal(Identity with { Selectors = saved.Identity.Selectors }, saved.Identity);
        using var read = saved.TakeKey();
        Assert.Equal(key.Public, read?.Public);
        key.Dispose();
    }

    [Fact]
    public void An_identity_that_is_bound_to_a_certificate_has_no_key()
    {
        SavedIdentity.Write(Kept, Identity, null);

        Assert.True(SavedIdentity.TryRead(Kept, out var saved, out _));
        Assert.Null(saved.TakeKey());
    }

    [Fact]
    public void Only_the_owner_may_read_the_file_also_when_another_was_there()
    {
        File.WriteAllText(Kept, "something that everybody may read");
        File.SetUnixFileMode(Kept, OwnerOnly | UnixFileMode.OtherRead);

        SavedIdentity.Write(Kept, Identity, SavedIdentity.NewKey().Pkcs8);

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Kept));
        Assert.Equal([Kept], Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_that_others_may_touch_is_not_used(UnixFileMode more)
    {
        SavedIdentity.Write(Kept, Identity, SavedIdentity.NewKey().Pkcs8);
        File.SetUnixFileMode(Kept, OwnerOnly | more);

        Assert.False(SavedIdentity.TryRead(Kept, out _, out var problem));
        Assert.Equal("others may read it: it holds a private key (chmod 600)", problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":2,"spiffe_id":"s","workload":"w","binding":"b","expires_at":"2026-11-20T12:00:00Z","identity_token":"t","private_key_pkcs8":null}""")]
    [InlineData("""{"version":1,"spiffe_id":null,"workload":"w","binding":"b","expires_at":"2026-11-20T12:00:00Z","identity_token":"t","private_key_pkcs8":null}""")]
    [InlineData("""{"version":1,"spiffe_id":"s","workload":"w","binding":"b","expires_at":"2026-11-20T12:00:00Z","identity_token":"t","private_key_pkcs8":"AAAA"}""")]
    [InlineData("""{"version":1,"version":1,"spiffe_id":"s","workload":"w","binding":"b","expires_at":"2026-11-20T12:00:00Z","identity_token":"t","private_key_pkcs8":null}""")]
    public void Anything_else_is_refused(string content)
    {
        Put(Encoding.UTF8.GetBytes(content));

        Assert.False(SavedIdentity.TryRead(Kept, out var saved, out var problem));
        Assert.Null(saved);
        Assert.StartsWith("it is no identity", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_and_one_that_is_too_large_are_refused()
    {
        Assert.False(SavedIdentity.TryRead(Kept, out _, out var absent));
        Assert.StartsWith("Could not find file", absent, StringComparison.Ordinal);

        Put(new byte[(64 * 1024) + 1]);
        Assert.False(SavedIdentity.TryRead(Kept, out _, out var large));
        Assert.Equal("it is too large for an identity", large);
    }

    [Fact]
    public void No_content_makes_the_reader_fail()
    {
        SavedIdentity.Write(Kept, Identity, SavedIdentity.NewKey().Pkcs8);
        var good = File.ReadAllBytes(Kept);
        var mutations = new Mutations(20261120);
        for (var i = 0; i < 1_000; i++)
        {
            Put(mutations.DamageBytes(good));
            if (SavedIdentity.TryRead(Kept, out var saved, out _)) saved.TakeKey()?.Dispose();
        }
    }

    private void Put(byte[] content)
    {
        File.WriteAllBytes(Kept, content);
        File.SetUnixFileMode(Kept, OwnerOnly);
    }
}
