using CredBroker.Tests.Client;
using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Tests.Cli;

public sealed class EmergencyStopTests : IAsyncLifetime
{
    private FakeBroker _broker = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await FakeBroker.StartAsync(unix: true);
        _broker.On<RevokeRequest, RevokeResponse>(_ => new() { TasksEnded = 3, TokensRevoked = 7 });
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Theory]
    [InlineData("task", "t", RevokeRequest.SubjectOneofCase.TaskId)]
    [InlineData("workload", "spiffe://example.org/a", RevokeRequest.SubjectOneofCase.Workload)]
    [InlineData("tool", "mail", RevokeRequest.SubjectOneofCase.Tool)]
    [InlineData("initiator", "user:alice", RevokeRequest.SubjectOneofCase.Initiator)]
    [InlineData("key", "k1", RevokeRequest.SubjectOneofCase.Kid)]
    [InlineData("everything", null, RevokeRequest.SubjectOneofCase.Everything)]
    public async Task Every_subject_goes_to_its_own_field(string subject, string? name, RevokeRequest.SubjectOneofCase expected)
    {
        string[] named = name is null ? [] : [name];

        var run = await RunAsync(new(), ["revoke", subject, .. named, "--cause", "drill", "--yes"]);

        Assert.Equal("tasks ended     3\ntokens revoked  7\n", run.Out);
        var sent = (RevokeRequest)_broker.CallsOf("Revoke").Single().Request;
        Assert.Equal((expected, "drill"), (sent.SubjectCase, sent.Cause));
        Assert.True(Guid.TryParse(sent.RequestId, out _));
    }

    [Fact]
    public async Task A_person_is_asked_and_may_say_yes()
    {
        var run = await RunAsync(new() { Terminal = true, In = "yes\n" }, "revoke", "tool", "mail", "--cause", "drill");

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("This ends every live task of tool mail. Type yes to go on: ", run.Error, StringComparison.Ordinal);
        Assert.Single(_broker.Calls);
    }

    [Theory]
    [InlineData("no\n")]
    [InlineData("\n")]
    [InlineData("")]
    [InlineData("y\n")]
    public async Task Anything_but_yes_stops_nothing(string answer)
    {
        var run = await RunAsync(new() { Terminal = true, In = answer, Environment = { ["NO_COLOR"] = "1" } }, "revoke", "tool", "mail", "--cause", "drill");

        Assert.Equal(1, run.ExitCode);
        Assert.EndsWith("error: nothing was revoked\n", run.Error, StringComparison.Ordinal);
        Assert.Empty(_broker.Calls);
    }

    [Theory]
    [InlineData("yes\n", 0)]
    [InlineData("everything\n", 1)]
    public async Task To_stop_everything_takes_more_than_a_yes(string answer, int calls)
    {
        await RunAsync(new() { Terminal = true, In = answer }, "revoke", "everything", "--cause", "drill");

        Assert.Equal(calls, _broker.Calls.Count);
    }

    [Fact]
    public async Task One_task_is_ended_without_asking()
    {
        var run = await RunAsync(new(), "task", "revoke", "t", "--cause", "drill");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("t", ((RevokeRequest)_broker.CallsOf("Revoke").Single().Request).TaskId);
    }

    private Task<CliRun> RunAsync(Surroundings around, params string[] args) => CliRun.OfAsync(around, [.. args, "--address", _broker.Address.ToString()]);
}
