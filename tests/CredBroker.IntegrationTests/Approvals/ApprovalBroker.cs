using System.Security.Cryptography.X509Certificates;
using CredBroker.Client;
using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.IntegrationTests.Attestation;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.Tests.Identity;
using CredBroker.V1;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Approvals;

/// <summary>A broker whose policies want approvals for releases, with approvers who prove themselves by certificates.</summary>
internal sealed class ApprovalBroker : IAsyncDisposable
{
    public const string Alice = "user:alice@example.org";

    public const string Ida = "user:ida@example.org";

    /// <summary>Of whom only Ada and Ben have nothing to do with any task.</summary>
    public const string Sre = "[ada, ben, ida, otto, tom, vera, xena]";

    public const string Policies = """
        @id("reads") permit (principal, action in Action::"read", resource);
        @id("humans") @approvers("sre") permit (principal, action in Action::"privileged", resource) when { context.approved };
        """;

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly ForgeAuthority Root = ForgeAuthority.Root("example.org", around: Now);

    private readonly AttestationBroker broker;
    private readonly List<X509Certificate2> certificates = [];

    private ApprovalBroker(AttestationBroker broker, AgentSession agent) => (this.broker, Agent) = (broker, agent);

    public TestDatabase Database => broker.Database;

    /// <summary>Where it speaks TLS, by the certificate that <see cref="ServerCertificate"/> is.</summary>
    public string TlsAddress => broker.TlsAddress.GetLeftPart(UriPartial.Authority);

    public string ServerCertificate => broker.ServerCertificate.ExportCertificatePem();

    /// <summary>The workload that asks.</summary>
    public AgentSession Agent { get; }

    public static async Task<ApprovalBroker> StartAsync(Postgres postgres, string approvals = "{}", string policies = Policies)
    {
        var broker = await AttestationBroker.StartAsync(postgres, Yaml(approvals), Files(policies));
        return new(broker, await JoinAsync(broker, "agent"));
    }

    /// <summary>Applies the catalog with changes.</summary>
    /// <param name="approvals">The section of that name.</param>
    /// <param name="policies">All policies.</param>
    /// <param name="sre">The members of that group.</param>
    /// <param name="demoted">An administrator who is an operator now, and nothing else.</param>
    public Task ApplyAsync(string approvals = "{}", string policies = Policies, string sre = Sre, string? demoted = null) =>
        broker.ApplyAsync(
            demoted is null ? Yaml(approvals, sre) : System.Text.RegularExpressions.Regex.Replace(Yaml(approvals, sre), $"(  {demoted}: .*roles: )\\[.*?\\]", "$1[operator]"),
            Files(policies));

    /// <summary>Stops the broker, as SIGTERM does.</summary>
    public Task StopAsync() => broker.StopAsync();

    public Task<AgentSession> JoinAsync(string workload) => JoinAsync(broker, workload);

    /// <summary>The agent at another replica, with a session of the same process and key at this one.</summary>
    public async Task<(AgentSession Here, AgentSession There)> JoinBothAsync(TestBroker other)
    {
        var key = EphemeralKey.Create();
        var here = await AgentSession.AttestAsync(broker.OverTcp(), new Evidence.JoinToken(await broker.JoinTokenAsync("agent")), key, Ct);
        return (here, AgentSession.Resume(other.OverTcp(), here.Identity, key));
    }

    /// <summary>The secret that a workload joins with, once.</summary>
    public Task<string> JoinTokenAsync(string workload) => broker.JoinTokenAsync(workload);

    /// <summary>A connection of an administrator, by name.</summary>
    public BrokerConnection As(string admin) => broker.OverTls(CertificateOf(admin));

    /// <summary>What an administrator proves itself with, for clients that take it as text.</summary>
    public (string Certificate, string Key) PemOf(string admin)
    {
        var certificate = CertificateOf(admin);
        using var key = certificate.GetECDsaPrivateKey()!;
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>A task of the agent's that may release and read.</summary>
    public async Task<string> TaskAsync(string initiator = Alice) => (await Agent.Tasks.StartTaskAsync(
        Story.Start(Release("**"), Read("**")).Changed(start => start.Initiator = initiator), cancellationToken: Ct)).Task.TaskId;

    /// <summary>Asks for a release that needs an approval: its id.</summary>
    public Task<string> AskAsync(string task, Capability? capability = null) => AskAsync(Agent, task, capability);

    /// <summary>The same by another workload.</summary>
    public static async Task<string> AskAsync(AgentSession agent, string task, Capability? capability = null)
    {
        var refusal = await Refused.AsAsync(Reason.ApprovalRequired, agent.Tokens.MintAsync(Story.Mint(task, capability ?? Release()), cancellationToken: Ct));
        return refusal.ApprovalId!;
    }

    /// <summary>Votes for approvals.</summary>
    public AsyncUnaryCall<DecideApprovalResponse> VoteAsync(string admin, params string[] ids) => As(admin).Approvals.DecideApprovalAsync(Decide(ids), cancellationToken: Ct);

    /// <summary>An approval that was asked for and given.</summary>
    public async Task<string> ApprovedAsync(string task, Capability? capability = null)
    {
        var id = await AskAsync(task, capability);
        await As("ada").Approvals.DecideApprovalAsync(Decide(id), cancellationToken: Ct);
        return id;
    }

    public AsyncUnaryCall<MintResponse> UseAsync(string task, string approval, Capability? capability = null) =>
        Agent.Tokens.MintAsync(Use(task, approval, capability), cancellationToken: Ct);

    public async Task<Approval> FindAsync(string id) =>
        Assert.Single((await As("olga").Approvals.ListApprovalsAsync(new() { ApprovalId = id }, cancellationToken: Ct)).Approvals);

    public async Task<ApprovalState> StateAsync(string id) => (await FindAsync(id)).State;

    /// <summary>Denied like every denial on the wire; the audit has the true reason.</summary>
    public async Task DeniedAsync<T>(Reason reason, AsyncUnaryCall<T> call) => await DeniedAsync(reason, await Refused.ByAsync(call));

    public async Task DeniedAsync(Reason reason, BrokerRefusal refusal)
    {
        Assert.Equal((StatusCode.PermissionDenied, "denied", "DENIED", null), (refusal.Status, refusal.Message, refusal.Reason, refusal.ApprovalId));
        Assert.Equal(reason.ToString(), await ReasonOfAsync(refusal));
    }

    /// <summary>Refused to an administrator, who is told why; and so is the audit.</summary>
    public async Task AsAsync<T>(Reason reason, AsyncUnaryCall<T> call)
    {
        var refusal = await Refused.AsAsync(reason, call);
        Assert.Equal(reason.ToString(), await ReasonOfAsync(refusal));
    }

    public static MintRequest Use(string task, string approval, Capability? capability = null) =>
        Story.Mint(task, capability ?? Release()).Changed(mint => mint.ApprovalId = approval);

    public static DecideApprovalRequest Decide(params string[] ids) => new()
    {
        RequestId = TestBroker.NewId(), ApprovalIds = { ids }, Verdict = Verdict.Approve, Reason = "looked at the diff",
    };

    public static DecideApprovalRequest Deny(params string[] ids) => Decide(ids).Changed(decide => decide.Verdict = Verdict.Deny);

    public static Capability Release(string resource = "helpdesk", string version = "1.2") => new()
    {
        Tool = "deploy", Action = "release", Resource = resource, Parameters = { Story.OneOf("version", resource == "**" ? ["1.2", "1.3"] : [version]) },
    };

    public static Capability Read(string resource = "tickets/1") => new() { Tool = "tickets", Action = "read", Resource = resource };

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        await broker.DisposeAsync();
        certificates.ForEach(certificate => certificate.Dispose());
    }

    private X509Certificate2 CertificateOf(string admin)
    {
        var certificate = (new ForgeSvid { NotBefore = Now.AddMinutes(-5), NotAfter = Now.AddHours(1) } with { Uris = [$"spiffe://example.org/{admin}"] }).Issue(Root);
        certificates.Add(certificate);
        return certificate;
    }

    private Task<string?> ReasonOfAsync(BrokerRefusal refusal) => Database.ScalarAsync<string>(
        "SELECT payload->>'reason' FROM audit_entries WHERE decision_id = $1", Guid.Parse(refusal.DecisionId!));

    private static async Task<AgentSession> JoinAsync(AttestationBroker broker, string workload) =>
        await AttestationBroker.AttestAsync(broker.OverTcp(), new Evidence.JoinToken(await broker.JoinTokenAsync(workload)));

    private static (string, string)[] Files(string policies) =>
        [("example.pem", Root.Certificate.ExportCertificatePem()), ("policies.cedar", policies)];

    private static string Yaml(string approvals, string sre = Sre) => $$"""
        trust_domains:
          example.org:
            x509: { bundle_file: example.pem }
        tools:
          tickets:
            audience: https://tickets.example.org
            data: confidential
            egress: false
            actions:
              read: { risk: read }
          deploy:
            audience: https://deploy.example.org
            data: internal
            egress: false
            actions:
              release: { risk: privileged, parameters: { version: { one_of: ["1.2", "1.3"] } } }
        workloads:
          agent:
            spiffe_id: spiffe://example.org/workloads/agent
            owner: team-agent
            class: agent
            attest: [{ join_token: true }, { x509: { spiffe_id: "spiffe://example.org/vera" } }]
            allow: &
              - { tool: deploy, actions: [release], resource: "**" }
              - { tool: tickets, actions: [read], resource: "**" }
            limits: { calls_per_second: 100000 }
          other:
            spiffe_id: spiffe://example.org/workloads/other
            owner: team-other
            class: agent
            attest: [{ join_token: true }, { x509: { spiffe_id: "spiffe://example.org/xena" } }]
            allow:
              - { tool: deploy, actions: [release], resource: "**" }
            limits: { calls_per_second: 100000 }
          backend:
            spiffe_id: spiffe://example.org/workloads/backend
            owner: team-deploy
            class: backend
            attest: [{ join_token: true }]
            serves: [https://deploy.example.org, https://tickets.example.org]
            limits: { calls_per_second: 100000 }
        admins:
          ada: { spiffe_id: spiffe://example.org/ada, roles: [approver] }
          ben: { spiffe_id: spiffe://example.org/ben, roles: [approver] }
          ida: { spiffe_id: spiffe://example.org/ida, roles: [approver], initiators: ["{{Ida}}"] }
          tom: { spiffe_id: spiffe://example.org/tom, roles: [approver], teams: [team-agent] }
          otto: { spiffe_id: spiffe://example.org/otto, roles: [approver], teams: [team-other] }
          xena: { spiffe_id: spiffe://example.org/xena, roles: [approver] }
          vera: { spiffe_id: spiffe://example.org/vera, roles: [approver] }
          dan: { spiffe_id: spiffe://example.org/dan, roles: [approver] }
          olga: { spiffe_id: spiffe://example.org/olga, roles: [viewer] }
        approver_groups:
          sre: {{sre}}
          security: [dan]
        approvals: {{approvals}}
        """.Replace("allow: &", "allow:", StringComparison.Ordinal);
}
