using CredBroker.Tests.Client;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Tests.Cli;

/// <summary>What each command asks of a broker, and how it shows the answer to people in a pipe and to programs.</summary>
public sealed class CommandTests : IAsyncLifetime
{
    private static readonly Timestamp Noon = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));

    private FakeBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await FakeBroker.StartAsync(unix: true);

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Whoami()
    {
        _broker.On<WhoAmIRequest, WhoAmIResponse>(_ => new()
        {
            SpiffeId = "spiffe://example.org/a", Workload = "a", AuthenticatedBy = "unix", Serves = { "https://x", "https://y" }, Admin = "uid:0", Roles = { "viewer", "operator" },
        });

        var people = await RunAsync("whoami");
        var programs = await RunAsync("whoami", "--json");

        Assert.Equal(
            """
            workload       a (spiffe://example.org/a)
            known by       unix
            serves         https://x, https://y
            administrator  uid:0
            roles          viewer, operator

            """,
            people.Out);
        Assert.Equal(
            ["spiffe_id", "workload", "authenticated_by", "binding", "serves", "admin", "roles"],
            programs.Json.EnumerateObject().Select(member => member.Name));
        Assert.Equal("unix", programs.Json.GetProperty("authenticated_by").GetString());
    }

    [Fact]
    public async Task Task_start()
    {
        _broker.OnStart = request => new StartTaskResponse
        {
            DecisionId = "d",
            Task = new V1.Task
            {
                TaskId = "t", RootTaskId = "t", State = TaskState.Active, Workload = "spiffe://example.org/a", Initiator = request.Initiator, Intent = request.Intent,
                Envelope = { request.Envelope }, CreatedAt = Noon, Deadline = Noon, Budget = 5,
            },
        };

        var people = await RunAsync(
            "task", "start", "--intent", "answer\e[2J", "--initiator", "user:alice", "--allow", "mail:send:in/*?to=x", "--allow", """{"tool":"t","action":"a","resource":"r"}""",
            "--ttl", "10m", "--heartbeat", "30s", "--budget", "5", "--prompt", "please", "--request-id", "11111111-1111-7111-8111-111111111111");
        var programs = await RunAsync("task", "start", "--intent", "i", "--initiator", "u", "--allow", "a:b:c", "--json");

        var sent = (StartTaskRequest)_broker.CallsOf("StartTask")[0].Request;
        Assert.Equal("11111111-1111-7111-8111-111111111111", sent.RequestId);
        Assert.Equal(["mail", "t"], sent.Envelope.Select(capability => capability.Tool));
        Assert.Equal((600L, 30L, 5, "please"), (sent.TimeToLive.Seconds, sent.HeartbeatInterval.Seconds, sent.Budget, sent.PromptFragment));
        var plain = (StartTaskRequest)_broker.CallsOf("StartTask")[1].Request;
        Assert.Equal((900L, null, false, ""), (plain.TimeToLive.Seconds, plain.HeartbeatInterval, plain.HasBudget, plain.PromptFragment));
        Assert.True(Guid.TryParse(plain.RequestId, out _));
        Assert.Equal(
            """
            task       t
            state      active
            workload   spiffe://example.org/a
            initiator  user:alice
            intent     answer\u{1b}[2J
            created    2026-11-20 12:00:00Z
            deadline   2026-11-20 12:00:00Z
            tokens     0 of 5
            envelope
            |-- mail:send:in/*?to=x
            `-- t:a:r

            """,
            people.Out);
        Assert.Equal(["task", "decision_id"], programs.Json.EnumerateObject().Select(member => member.Name));
        Assert.Equal("TASK_STATE_ACTIVE", programs.Json.GetProperty("task").GetProperty("state").GetString());
    }

    [Fact]
    public async Task Task_show_heartbeat_and_end()
    {
        _broker.On<GetTaskRequest, GetTaskResponse>(request => new()
        {
            Task = new V1.Task { TaskId = request.TaskId, RootTaskId = "r", State = TaskState.Ended, EndCause = EndCause.HeartbeatLost, EndedAt = Noon },
        });
        _broker.OnHeartbeat = _ => new HeartbeatResponse { HeartbeatDue = Noon, Deadline = Noon };
        _broker.OnEnd = request => new EndTaskResponse { DescendantsEnded = 2, AlreadyEnded = request.Outcome == Outcome.Failed, EndedAt = Noon, EndCause = EndCause.Completed };

        Assert.Contains("state   ended: heartbeat lost\n", (await RunAsync("task", "show", "t")).Out, StringComparison.Ordinal);
        Assert.Equal("due       2026-11-20 12:00:00Z\ndeadline  2026-11-20 12:00:00Z\n", (await RunAsync("task", "heartbeat", "t")).Out);
        Assert.Equal("ended, and 2 descendants with it\n", (await RunAsync("task", "end", "t", "--summary", "done")).Out);
        Assert.Equal("had ended 2026-11-20 12:00:00Z: completed\n", (await RunAsync("task", "end", "t", "--outcome", "failed")).Out);
        Assert.Equal(2, (await RunAsync("task", "end", "t", "--json")).Json.GetProperty("descendants_ended").GetInt32());
        var sent = (EndTaskRequest)_broker.CallsOf("EndTask")[0].Request;
        Assert.Equal(("t", Outcome.Completed, "done"), (sent.TaskId, sent.Outcome, sent.Summary));
    }

    [Fact]
    public async Task Task_list_reads_pages_up_to_its_limit()
    {
        _broker.On<ListTasksRequest, ListTasksResponse>(request => new()
        {
            Tasks = { Enumerable.Range(0, request.PageSize).Select(number => Listed($"{request.PageToken}{number}", "")) },
            NextPageToken = $"{request.PageToken}p",
        });

        var programs = await RunAsync("task", "list", "--limit", "700", "--state", "active", "--workload", "spiffe://example.org/a", "--json");

        Assert.Equal(700, programs.Json.GetProperty("tasks").GetArrayLength());
        var sent = _broker.CallsOf("ListTasks").Select(call => (ListTasksRequest)call.Request).ToArray();
        Assert.Equal([(500, ""), (200, "p")], sent.Select(request => (request.PageSize, request.PageToken)));
        Assert.All(sent, request => Assert.Equal((TaskState.Active, "spiffe://example.org/a"), (request.State, request.Workload)));
    }

    [Fact]
    public async Task Task_list_is_a_table_or_a_tree()
    {
        _broker.On<ListTasksRequest, ListTasksResponse>(_ => new() { Tasks = { Listed("c", "b"), Listed("b", "a"), Listed("a", ""), Listed("x", "elsewhere") } });

        var table = await RunAsync("task", "list");
        var trees = await RunAsync("task", "list", "--tree");

        Assert.Equal(
            """
            TASK  STATE   DEADLINE              TOKENS  WORKLOAD                INITIATOR  INTENT
            c     active  2026-11-20 12:00:00Z  1/2     spiffe://example.org/w  u          i
            b     active  2026-11-20 12:00:00Z  1/2     spiffe://example.org/w  u          i
            a     active  2026-11-20 12:00:00Z  1/2     spiffe://example.org/w  u          i
            x     active  2026-11-20 12:00:00Z  1/2     spiffe://example.org/w  u          i

            """,
            table.Out);
        Assert.Equal(
            """
            a  active  spiffe://example.org/w  i
            `-- b  active  spiffe://example.org/w  i
                `-- c  active  spiffe://example.org/w  i
            x  active  spiffe://example.org/w  i

            """,
            trees.Out);
    }

    [Fact]
    public async Task Token_mint_writes_the_token_alone_and_the_rest_beside_it()
    {
        _broker.OnMint = (_, _) => Task.FromResult(new MintResponse { Token = "a.b.c", TokenType = "DPoP", Jti = "j", ExpiresAt = Noon, DecisionId = "d" });

        var people = await RunAsync("token", "mint", "t", "mail:send:in/1", "--ttl", "30s", "--bearer");
        var programs = await RunAsync("token", "mint", "t", "mail:send:in/1", "--json");

        Assert.Equal("a.b.c\n", people.Out);
        Assert.Equal("DPoP token j, expires 2026-11-20 12:00:00Z\n", people.Error);
        Assert.Equal("", programs.Error);
        Assert.Equal(["token", "token_type", "jti", "expires_at", "decision_id"], programs.Json.EnumerateObject().Select(member => member.Name));
        var sent = (MintRequest)_broker.CallsOf("Mint")[0].Request;
        Assert.Equal(("t", "mail", 30L, true), (sent.TaskId, sent.Capability.Tool, sent.TimeToLive.Seconds, sent.Bearer));
    }

    [Fact]
    public async Task Token_introspect_takes_the_token_from_standard_input_too()
    {
        _broker.On<IntrospectRequest, IntrospectResponse>(request => request.Token == "good"
            ? new() { Active = true, Jti = "j", Exp = Noon.Seconds, Capability = new() { Tool = "a", Action = "b", Resource = "c" }, TaskId = "t", Txn = "t", Cnf = new() { Jkt = "k" }, TokenType = "DPoP" }
            : new());

        var active = await RunAsync(new Surroundings { In = "good\n" }, "token", "introspect", "-");
        var inactive = await RunAsync("token", "introspect", "bad");
        var programs = await RunAsync("token", "introspect", "bad", "--json");

        Assert.Equal(
            """
            active      yes
            jti         j
            capability  a:b:c
            task        t
            type        DPoP
            binding     jkt:k
            expires     2026-11-20 12:00:00Z

            """,
            active.Out);
        Assert.Equal(("not active\n", 0), (inactive.Out, inactive.ExitCode));
        Assert.False(programs.Json.GetProperty("active").GetBoolean());
    }

    [Fact]
    public async Task Token_authorize_sends_the_call_and_what_came_with_the_token()
    {
        _broker.On<AuthorizeRequest, AuthorizeResponse>(request => request.Token == "good"
            ? new() { Allowed = true, DecisionId = "d", Obligations = { "tell Bob", "log it" }, Jti = "j", Workload = "spiffe://example.org/a", Initiator = "u", TaskId = "t" }
            : new() { DecisionId = "d" });

        var allowed = await RunAsync(
            new Surroundings { In = "good\n" }, "token", "authorize", "-", "mail:send:in/1?to=x;page:5;raw:true", "--proof", "p", "--method", "PUT", "--uri", "https://x/y");
        var denied = await RunAsync("token", "authorize", "bad", "mail:send:in/1", "--certificate-thumbprint", "c");
        var programs = await RunAsync("token", "authorize", "bad", "mail:send:in/1", "--json");

        Assert.Equal(
            """
            allowed     yes
            decision    d
            jti         j
            workload    spiffe://example.org/a
            initiator   u
            task        t
            obligation  tell Bob
            obligation  log it

            """,
            allowed.Out);
        Assert.Equal(("allowed   no\ndecision  d\n", 0), (denied.Out, denied.ExitCode));
        Assert.False(programs.Json.GetProperty("allowed").GetBoolean());
        var sent = _broker.CallsOf("Authorize").Select(call => (AuthorizeRequest)call.Request).ToArray();
        Assert.Equal(("mail", "send", "in/1", "c"), (sent[1].Tool, sent[1].Action, sent[1].Resource, sent[1].CertificateX5TS256));
        Assert.Equal(new PresentedProof { Dpop = "p", Method = "PUT", Uri = "https://x/y" }, sent[0].Proof);
        Assert.Equal(
            [new Argument { Name = "to", Text = "x" }, new Argument { Name = "page", Number = 5 }, new Argument { Name = "raw", Boolean = true }],
            sent[0].Parameters);
    }

    [Fact]
    public async Task Token_result_says_whose_word_it_is()
    {
        _broker.On<RecordResultRequest, RecordResultResponse>(request => new() { SelfReported = request.Outcome == Outcome.Failed });

        Assert.Equal("recorded as the enforcement point's\n", (await RunAsync("token", "result", "j", "--fragment", "done")).Out);
        Assert.Equal("recorded as the agent's own word\n", (await RunAsync("token", "result", "j", "--outcome", "failed")).Out);
        var sent = (RecordResultRequest)_broker.CallsOf("RecordResult")[0].Request;
        Assert.Equal(("j", Outcome.Completed, "done"), (sent.Jti, sent.Outcome, sent.ResultFragment));
    }

    [Theory]
    [InlineData("0193a1b2-0000-8000-8000-000000000000", RevokeTokenRequest.SubjectOneofCase.Jti)]
    [InlineData("a.b.c", RevokeTokenRequest.SubjectOneofCase.Token)]
    public async Task Token_revoke_tells_a_jti_from_a_token(string subject, RevokeTokenRequest.SubjectOneofCase kind)
    {
        _broker.On<RevokeTokenRequest, RevokeTokenResponse>(_ => new());

        var run = await RunAsync("token", "revoke", subject, "--cause", "leaked");

        Assert.Equal("revoked\n", run.Out);
        var sent = (RevokeTokenRequest)_broker.CallsOf("Revoke").Single().Request;
        Assert.Equal((kind, "leaked"), (sent.SubjectCase, sent.Cause));
    }

    [Fact]
    public async Task Join_token_create_writes_the_secret_alone_and_the_rest_beside_it()
    {
        _broker.On<CreateJoinTokenRequest, CreateJoinTokenResponse>(_ => new() { Secret = "s3cret", ExpiresAt = Noon });

        var run = await RunAsync("join-token", "create", "agent", "--ttl", "1h");

        Assert.Equal("s3cret\n", run.Out);
        Assert.Equal("attests agent once, until 2026-11-20 12:00:00Z\n", run.Error);
        Assert.Equal(3600, ((CreateJoinTokenRequest)_broker.CallsOf("CreateJoinToken").Single().Request).TimeToLive.Seconds);
    }

    [Fact]
    public async Task Report_standing_access_reads_all_pages()
    {
        _broker.On<StandingAccessRequest, StandingAccessResponse>(request => new()
        {
            Credentials = { new LiveCredential { Jti = $"j{request.PageToken}", ExpiresAt = Noon, Tool = "mail", Action = "send", Resource = "in/1", TaskId = "t" } },
            LiveTasks = 3,
            NextPageToken = request.PageToken.Length < 2 ? request.PageToken + "p" : "",
        });

        var people = await RunAsync("report", "standing-access");
        var programs = await RunAsync("report", "standing-access", "--json");

        Assert.EndsWith("\n3 live credentials, 3 live tasks\n", people.Out, StringComparison.Ordinal);
        Assert.Equal(["j", "jp", "jpp"], programs.Json.GetProperty("credentials").EnumerateArray().Select(one => one.GetProperty("jti").GetString()));
    }

    [Fact]
    public async Task Report_standing_access_is_empty_when_no_task_runs()
    {
        _broker.On<StandingAccessRequest, StandingAccessResponse>(_ => new());

        Assert.Equal("no live credentials\n0 live credentials, 0 live tasks\n", (await RunAsync("report", "standing-access")).Out);
    }

    [Theory]
    [InlineData(StatusCode.PermissionDenied, "DENIED", 4, "error: denied\n")]
    [InlineData(StatusCode.Unauthenticated, "NO_CREDENTIAL", 4, "error: NO_CREDENTIAL\nhint: give --identity, --evidence or --client-cert, or call over the broker's Unix socket\n")]
    [InlineData(StatusCode.Unauthenticated, "IDENTITY_TOKEN_REFUSED", 4, "error: the identity is not accepted: it may have expired\nhint: credbroker attest\n")]
    [InlineData(StatusCode.InvalidArgument, "FIELD_MISSING", 2, "error: FIELD_MISSING\n")]
    [InlineData(StatusCode.ResourceExhausted, "RATE_LIMITED", 5, "error: RATE_LIMITED\n")]
    [InlineData(StatusCode.AlreadyExists, "REQUEST_ID_REUSED", 1, "error: REQUEST_ID_REUSED\n")]
    [InlineData(StatusCode.Unavailable, "DATABASE_AWAY", 3, "error: DATABASE_AWAY\nhint: try again in a moment\n")]
    [InlineData(StatusCode.Internal, "INTERNAL", 1, "error: INTERNAL\n")]
    public async Task Refusals_have_exit_codes_and_hints_and_leave_standard_output_alone(StatusCode status, string reason, int code, string error)
    {
        _broker.On<WhoAmIRequest, WhoAmIResponse>(_ => throw FakeBroker.Refusal(status, reason));

        var run = await RunAsync("whoami", "--json");

        Assert.Equal((code, "", error), (run.ExitCode, run.Out, run.Error));
    }

    private static V1.Task Listed(string id, string parent) => new()
    {
        TaskId = id, ParentTaskId = parent, State = TaskState.Active, Deadline = Noon, Spent = 1, Budget = 2, Workload = "spiffe://example.org/w", Initiator = "u", Intent = "i",
    };

    private Task<CliRun> RunAsync(params string[] args) => RunAsync(new Surroundings(), args);

    private Task<CliRun> RunAsync(Surroundings around, params string[] args) => CliRun.OfAsync(around, [.. args, "--address", _broker.Address.ToString()]);
}
