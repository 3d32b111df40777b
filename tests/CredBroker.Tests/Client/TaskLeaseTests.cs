using System.Threading.Channels;
using CredBroker.Client;
using CredBroker.Tests.Testing;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Tests.Client;

public sealed class TaskLeaseTests : IAsyncLifetime
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly FakeClock _clock = new(TimeProvider.System.GetUtcNow());
    private readonly Channel<HeartbeatRequest> _beats = Channel.CreateUnbounded<HeartbeatRequest>();
    private FakeBroker _broker = null!;
    private BrokerConnection _connection = null!;
    private AgentSession _session = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _broker = await FakeBroker.StartAsync(unix: true);
        _broker.OnAttest = _ => new AttestResponse { ExpiresAt = _clock.GetUtcNow().AddDays(1).ToTimestamp() };
        _broker.OnStart = request => new StartTaskResponse
        {
            DecisionId = "d",
            Task = new V1.Task
            {
                TaskId = "t",
                Deadline = (_clock.GetUtcNow() + request.TimeToLive.ToTimeSpan()).ToTimestamp(),
                HeartbeatDue = request.HeartbeatInterval is null ? null : (_clock.GetUtcNow() + Interval).ToTimestamp(),
            },
        };
        _broker.OnHeartbeat = request =>
        {
            Assert.True(_beats.Writer.TryWrite(request));
            return new HeartbeatResponse { HeartbeatDue = (_clock.GetUtcNow() + Interval).ToTimestamp() };
        };
        _connection = BrokerConnection.Open(_broker.Address, new() { Clock = _clock });
        _session = await AgentSession.AttestAsync(_connection, new Evidence.UnixPeer(), Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        _connection.Dispose();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task Heartbeats_are_sent_at_a_third_of_the_interval_each_with_an_id_of_its_own()
    {
        await using var lease = await StartAsync(heartbeats: true);

        var ids = new HashSet<string>();
        for (var i = 0; i < 6; i++)
        {
            _clock.Advance(Interval / 3);
            var beat = await _beats.Reader.ReadAsync(Ct);
            Assert.Equal("t", beat.TaskId);
            Assert.True(ids.Add(beat.RequestId));
        }

        Assert.False(lease.Ended.IsCancellationRequested);
    }

    [Fact]
    public async Task A_task_that_promised_none_sends_none()
    {
        await using var lease = await StartAsync(heartbeats: false);

        _clock.Advance(Interval * 3);

        Assert.Empty(_broker.CallsOf("Heartbeat"));
        Assert.False(lease.Ended.IsCancellationRequested);
    }

    [Fact]
    public async Task A_refused_heartbeat_ends_the_lease_and_the_heartbeats()
    {
        _broker.OnHeartbeat = _ => throw FakeBroker.Refusal(StatusCode.PermissionDenied, "DENIED");
        await using var lease = await StartAsync(heartbeats: true);

        _clock.Advance(Interval / 3);

        await EndedAsync(lease);
        Assert.Single(_broker.CallsOf("Heartbeat"));
    }

    [Fact]
    public async Task A_heartbeat_that_fails_is_tried_again_until_it_is_due()
    {
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var good = _broker.OnHeartbeat;
        _broker.OnHeartbeat = request => failed.TrySetResult() ? throw FakeBroker.Refusal(StatusCode.Internal, "INTERNAL") : good(request);
        await using var lease = await StartAsync(heartbeats: true);

        _clock.Advance(Interval / 3);
        await failed.Task.WaitAsync(Ct);
        _clock.Advance(Interval / 3);
        await _beats.Reader.ReadAsync(Ct);

        Assert.False(lease.Ended.IsCancellationRequested);
    }

    [Fact]
    public async Task Heartbeats_that_never_arrive_end_the_lease_when_they_are_due()
    {
        _broker.OnHeartbeat = _ => throw FakeBroker.Refusal(StatusCode.Internal, "INTERNAL");
        await using var lease = await StartAsync(heartbeats: true);
        var due = _clock.GetUtcNow() + Interval;

        while (_clock.GetUtcNow() < due)
        {
            Assert.False(lease.Ended.IsCancellationRequested);
            _clock.Advance(Interval / 3);
        }

        await EndedAsync(lease);
    }

    [Fact]
    public async Task The_deadline_ends_the_lease()
    {
        await using var lease = await StartAsync(heartbeats: false);

        _clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        Assert.False(lease.Ended.IsCancellationRequested);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(lease.Ended.IsCancellationRequested);
    }

    [Fact]
    public async Task A_lease_that_is_left_without_a_word_ends_its_task_as_failed()
    {
        await (await StartAsync(heartbeats: true)).DisposeAsync();

        var end = (EndTaskRequest)_broker.CallsOf("EndTask").Single().Request;
        Assert.Equal(("t", Outcome.Failed), (end.TaskId, end.Outcome));
    }

    [Fact]
    public async Task A_lease_that_was_ended_is_not_ended_again()
    {
        await using (var lease = await StartAsync(heartbeats: true)) await lease.EndAsync(Outcome.Completed, "all sent", Ct);

        var end = (EndTaskRequest)_broker.CallsOf("EndTask").Single().Request;
        Assert.Equal((Outcome.Completed, "all sent"), (end.Outcome, end.Summary));
    }

    [Fact]
    public async Task Leaving_a_lease_does_not_fail_when_the_broker_refuses()
    {
        _broker.OnEnd = _ => throw FakeBroker.Refusal(StatusCode.PermissionDenied, "DENIED");
        var lease = await StartAsync(heartbeats: false);

        await lease.DisposeAsync();

        Assert.Single(_broker.CallsOf("EndTask"));
    }

    [Fact]
    public async Task Ending_a_lease_does_fail_when_the_broker_refuses()
    {
        _broker.OnEnd = _ => throw FakeBroker.Refusal(StatusCode.PermissionDenied, "DENIED");
        await using var lease = await StartAsync(heartbeats: false);

        await Assert.ThrowsAsync<RpcException>(() => lease.EndAsync(Outcome.Completed, "", Ct));
    }

    [Fact]
    public async Task A_request_id_is_filled_in_but_not_replaced()
    {
        await using (await StartAsync(heartbeats: false)) { }
        await using (await TaskLease.StartAsync(_session, Request(false, "mine"), Ct)) { }

        var ids = _broker.CallsOf("StartTask").Select(call => ((StartTaskRequest)call.Request).RequestId).ToArray();
        Assert.True(Guid.TryParse(ids[0], out _));
        Assert.Equal("mine", ids[1]);
    }

    [Fact]
    public async Task An_accepted_task_is_a_lease_like_any_other()
    {
        _broker.On<AcceptTaskRequest, AcceptTaskResponse>(request => new AcceptTaskResponse
        {
            DecisionId = "d",
            Task = new V1.Task
            {
                TaskId = request.TaskId, Deadline = _clock.GetUtcNow().AddMinutes(10).ToTimestamp(), HeartbeatDue = (_clock.GetUtcNow() + Interval).ToTimestamp(),
            },
        });
        await using (var lease = await TaskLease.AcceptAsync(_session, new() { TaskId = "c", HeartbeatInterval = Interval.ToDuration() }, Ct))
        {
            Assert.Equal(("c", "d"), (lease.TaskId, lease.DecisionId));
            _clock.Advance(Interval / 3);
            Assert.Equal("c", (await _beats.Reader.ReadAsync(Ct)).TaskId);
        }

        Assert.True(Guid.TryParse(((AcceptTaskRequest)_broker.CallsOf("AcceptTask").Single().Request).RequestId, out _));
        Assert.Equal("c", ((EndTaskRequest)_broker.CallsOf("EndTask").Single().Request).TaskId);
    }

    [Fact]
    public async Task A_lease_delegates_a_part_of_its_own_task()
    {
        _broker.On<DelegateTaskRequest, DelegateTaskResponse>(request => new DelegateTaskResponse { Task = new V1.Task { TaskId = "c", ParentTaskId = request.TaskId } });
        await using var lease = await StartAsync(heartbeats: false);

        var child = await lease.DelegateAsync(new() { TaskId = "another's", ToWorkload = "spiffe://example.org/helper" }, Ct);

        Assert.Equal(("c", "t"), (child.TaskId, child.ParentTaskId));
        var sent = (DelegateTaskRequest)_broker.CallsOf("DelegateTask").Single().Request;
        Assert.True(Guid.TryParse(sent.RequestId, out _));
        Assert.Equal("spiffe://example.org/helper", sent.ToWorkload);
    }

    private async Task<TaskLease> StartAsync(bool heartbeats) => await TaskLease.StartAsync(_session, Request(heartbeats, ""), Ct);

    private static StartTaskRequest Request(bool heartbeats, string requestId) => new()
    {
        RequestId = requestId,
        TimeToLive = TimeSpan.FromMinutes(10).ToDuration(),
        HeartbeatInterval = heartbeats ? Interval.ToDuration() : null,
    };

    private static async Task EndedAsync(TaskLease lease)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lease.Ended.Register(ended.SetResult);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Ct);
    }
}
