using CredBroker.Server.Attestation;

namespace CredBroker.Tests.Attestation;

public class ProcessFactsTests
{
    [Theory]
    [InlineData("1000\t1000\t1000\t1000", true)]
    [InlineData("1000\t1000\t1000\t0", false)]
    [InlineData("0\t1000\t1000\t1000", false)]
    [InlineData("1000\t1000\t1000", false)]
    [InlineData("1000\t1000\t1000\t1000\t1000", false)]
    [InlineData("1000\t-1000\t1000\t1000", false)]
    [InlineData("4294968296\t1000\t1000\t1000", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void All_four_users_must_be_the_one_who_connected(string? field, bool expected) =>
        Assert.Equal(expected, ProcessFacts.UsersAre(field, 1000));

    [Theory]
    [InlineData("7 (agent) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20", 4711)]
    [InlineData("7 (a) S 9 9 9 (b) c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20", 4711)]
    [InlineData("7 (agent) S 1 2", null)]
    [InlineData("", null)]
    [InlineData("7 (agent) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 soon", null)]
    public void The_start_is_read_after_the_name_that_the_program_chose_itself(string stat, int? expected) =>
        Assert.Equal(expected, (int?)ProcessFacts.StartTicksIn(stat));

    [Fact]
    public void A_field_is_found_at_the_start_of_its_line_only() =>
        Assert.Equal("1\t2", ProcessFacts.Field("Name:\tUid: 9\nUid:\t1\t2\n", "Uid:"));
}
