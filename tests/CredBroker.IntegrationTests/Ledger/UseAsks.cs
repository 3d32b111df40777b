using System.Text;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Server.Ledger;

namespace CredBroker.IntegrationTests.Ledger;

/// <summary>Asks for uses of tokens, decided by the rules: nothing else makes what the ledger takes.</summary>
internal static class UseAsks
{
    private const string Yaml = """
        trust_domains:
          test: {}
        tools:
          mail:
            audience: https://mail.example.org
            data: internal
            egress: false
            actions:
              send: { risk: read }
        workloads:
          agent:
            spiffe_id: spiffe://test/agent
            owner: tests
            class: agent
            attest:
              - join_token: true
            allow:
              - { tool: mail, actions: [send], resource: "**" }
        """;

    private static readonly SpiffeId s_agent = SpiffeId.TryParse("spiffe://test/agent", out var id) ? id : default;
    private static readonly SpiffeId s_backend = SpiffeId.TryParse("spiffe://test/backend", out var id) ? id : default;
    private static readonly Capability s_everything = CapabilityJson.TryParse("mail", "send", "**", "{}", out var all) ? all : throw new ArgumentException("all");
    private static readonly CatalogSnapshot s_catalog = Read();

    /// <summary>A token of a task, of a new one when none is given.</summary>
    public static async Task<Jti> MintAsync(this TestLedger ledger, int? uses = null, TaskId? task = null)
    {
        var ask = await ledger.AskAsync(task ?? await ledger.StartTaskAsync()) with { UsesLeft = uses };
        Assert.Equal(MintOutcome.Minted, await ledger.Mints.CommitAsync(ask, TestLedger.Ct));
        return ask.Jti;
    }

    /// <summary>An ask whose decision saw token, task and catalog as they are now.</summary>
    public static async Task<AuthorizeCommit> UseAsync(this TestLedger ledger, Jti jti, RequestId? request = null, string resource = "outbox/1", string kid = TestLedger.Kid) =>
        (await ledger.DecidingAsync(jti, resource, kid))(request ?? TestLedger.NewRequest());

    /// <summary>Makes asks of one moment, without reading anew for each.</summary>
    public static async Task<Func<RequestId, AuthorizeCommit>> DecidingAsync(
        this TestLedger ledger, Jti jti, string resource = "outbox/1", string kid = TestLedger.Kid)
    {
        var token = await ledger.Tokens.ReadAsync(jti, TestLedger.Ct) ?? throw new InvalidOperationException("no token");
        var task = await ledger.Tasks.ReadAsync(token.TaskId, TestLedger.Ct) ?? throw new InvalidOperationException("no task");
        var facts = FactsOf(token, task, await ledger.ScalarAsync<int>("SELECT version FROM catalog_head"));
        return request =>
        {
            var now = TestLedger.Now;
            var ask = new AuthorizeAsk
            {
                Request = request, Decision = DecisionId.New(now), Backend = s_backend, Serves = [token.Audience], Call = CallOf(resource),
            };
            var use = Assert.IsType<AuthorizeDecision.Allowed>(Authorizing.Decide(ask, facts, now)).Use;
            return new(use, kid, UsePayloads.Authorized(now, use));
        };
    }

    /// <summary>Sends asks as one batch of a writer loop, or of the patient one; null: not decided.</summary>
    public static async Task<IReadOnlyList<AuthorizeOutcome?>> SendAsync(this TestLedger ledger, bool patient, params AuthorizeCommit[] asks)
    {
        await using var lane = new Lane<AuthorizeCommit, AuthorizeAnswer>(ledger.Parts.Source, () => new AuthorizeStatement(patient));
        var pending = asks.Select(ask => new Pending<AuthorizeCommit, AuthorizeAnswer>(ask, 0, TestLedger.Ct)).ToList();
        var answers = pending.Select(each => each.WaitAsync()).ToList();
        if (await lane.TryAsync(pending) is { } failure) throw failure;
        foreach (var each in pending) each.Give();
        return [.. await Task.WhenAll(pending.Zip(answers, async (each, answer) => each.HasAnswer ? (await answer).Outcome : (AuthorizeOutcome?)null))];
    }

    public static async Task<AuthorizeOutcome> CommitAsync(this TestLedger ledger, AuthorizeCommit ask) =>
        (await ledger.Uses.CommitAsync(ask, TestLedger.Ct)).Outcome;

    /// <summary>The tables say of a token that so many uses were taken, each with its entry, and so many are left.</summary>
    public static async Task UsedAsync(this TestLedger ledger, Jti jti, int uses, int? left = null)
    {
        Assert.Equal(uses, await ledger.ScalarAsync<long>("SELECT count(*) FROM authorizations WHERE jti = $1", jti.Value));
        Assert.Equal(uses, await ledger.ScalarAsync<long>(
            "SELECT count(*) FROM audit_entries e JOIN authorizations a USING (decision_id) WHERE a.jti = $1 AND e.kind = 20", jti.Value));
        Assert.Equal(0L, await ledger.ScalarAsync<long>("""
            SELECT count(*) FROM audit_entries e WHERE e.kind = 20 AND e.payload->>'jti' = $1
              AND NOT EXISTS (SELECT FROM authorizations a WHERE a.decision_id = e.decision_id)
            """, jti.ToString()));
        Assert.Equal(left, (await ledger.Tokens.ReadAsync(jti, TestLedger.Ct))!.UsesLeft);
    }

    private static ToolCall CallOf(string resource) =>
        ResourcePath.TryParse(resource, out var path) && ToolCall.TryCreate(s_everything.Tool, s_everything.Action, path, [], out var call)
            ? call
            : throw new ArgumentException(resource);

    private static AuthorizeFacts FactsOf(TokenRow token, TaskRow task, int catalog) => new()
    {
        Token = new()
        {
            Jti = token.Jti, Task = token.TaskId, Capability = s_everything, Audience = token.Audience, IssuedAt = token.IssuedAt,
            Binding = Binding.TryParse(token.Cnf, out var binding) ? binding : throw new ArgumentException(token.Cnf), ExpiresAt = token.ExpiresAt,
            Uses = token.UsesLeft, Decision = token.DecisionId, AskDigest = token.AskDigest,
        },
        Revoked = false,
        Possession = Possession.Shown,
        AttestedBy = EvidenceKind.JoinToken,
        Task = new()
        {
            Id = task.Id, Root = task.RootId, Workload = s_agent, Above = [], Initiator = task.Initiator, Intent = task.Intent, CreatedAt = task.CreatedAt,
            State = task.State, Deadline = task.Deadline, HeartbeatDue = task.HeartbeatDue, Budget = task.Budget, Spent = task.Spent,
            Envelope = Envelope.TryCreate([s_everything], out var envelope) ? envelope : throw new ArgumentException("envelope"),
            History = [.. task.History], Granted = GrantCounts.None, HistoryVersion = task.HistoryVersion,
        },
        CatalogVersion = catalog,
        CatalogDigest = s_catalog.Digest,
        Found = s_catalog.Catalog.FindAction(s_everything.Tool, s_everything.Action),
        Allowed = s_catalog.Catalog.AllowedTo(s_agent),
        AllowedAbove = [],
        Policies = s_catalog.Catalog.Policies,
    };

    private static CatalogSnapshot Read()
    {
        (string, ReadOnlyMemory<byte>)[] files = [("broker.yaml", Encoding.UTF8.GetBytes(Yaml)), ("policies.cedar", Encoding.UTF8.GetBytes(TestCatalog.Policies))];
        return Assert.IsType<CatalogReading.Valid>(CatalogReader.Read(files)).As(1);
    }
}
