using CredBroker.Server.Hosting;

namespace CredBroker.Tests.Hosting;

public sealed class EmbeddedPostgresBinariesTests
{
    [Theory]
    [InlineData("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "15.18", 15)]
    [InlineData("postgres (PostgreSQL) 17.0\n", "17.0", 17)]
    [InlineData("postgres (PostgreSQL) 18beta1", "18beta1", 18)]
    [InlineData("postgres (PostgreSQL) 18rc1", "18rc1", 18)]
    [InlineData("postgres (PostgreSQL) 19devel", "19devel", 19)]
    [InlineData("postgres (PostgreSQL) 9.6.24", "9.6", 9)]
    public void The_version_is_read_from_what_the_program_says(string said, string version, int major)
    {
        var read = EmbeddedPostgresBinaries.VersionIn(said);

        Assert.Equal(version, read);
        Assert.Equal(major, new EmbeddedPostgresBinaries("/usr/bin", read!).Major);
    }

    [Theory]
    [InlineData("")]
    [InlineData("postgres")]
    [InlineData("postgres (EnterpriseDB) 15.1")]
    [InlineData("postgres (PostgreSQL) unknown")]
    public void Anything_else_has_no_version(string said) => Assert.Null(EmbeddedPostgresBinaries.VersionIn(said));
}
