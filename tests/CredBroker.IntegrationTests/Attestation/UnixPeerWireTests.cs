using System.Diagnostics;
using System.Security.Cryptography;
using CredBroker.Client;
using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.V1;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Attestation;

public sealed class UnixPeerWireTests(Postgres postgres) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static readonly string Sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Environment.ProcessPath!)));
    private AttestationBroker broker = null!;

    public async ValueTask InitializeAsync() => broker = await AttestationBroker.StartAsync(
        postgres, Yaml($$"""{uid: {{AttestationBroker.Me}}, executable: "{{Environment.ProcessPath}}", sha256: "{{Sha256}}"}"""));

    public ValueTask DisposeAsync() => broker.DisposeAsync();

    [Fact]
    public async Task This_process_is_attested_by_user_executable_and_hash()
    {
        await using var session = await AttestationBroker.AttestAsync(broker.OverSocket(), new Evidence.UnixPeer());

        Assert.Equal("me", session.Identity.Workload);
        Assert.Equal(
            [$"unix:uid:{AttestationBroker.Me}", $"unix:executable:{Environment.ProcessPath}", $"unix:sha256:{Sha256}"], session.Identity.Selectors);
        Assert.StartsWith("jkt:", session.Identity.Binding, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_the_socket_the_kernel_is_the_proof()
    {
        await using var session = await AttestationBroker.AttestAsync(broker.OverSocket(), new Evidence.UnixPeer());

        var attested = await session.Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct);
        var bare = await broker.OverSocket().Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct);

        Assert.Equal(("me", "unix", session.Identity.Binding), (attested.Workload, attested.AuthenticatedBy, attested.Binding));
        Assert.Equal(("me", "unix", ""), (bare.Workload, bare.AuthenticatedBy, bare.Binding));
    }

    [Fact]
    public async Task Elsewhere_the_identity_token_is_good_with_a_proof_by_its_key_and_with_no_other()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var session = await AgentSession.AttestAsync(broker.OverSocket(), new Evidence.UnixPeer(), EphemeralKey.Own(Copy(key)), Ct);

        await using var owner = AgentSession.Resume(broker.OverTcp(), session.Identity, EphemeralKey.Own(Copy(key)));
        var known = await owner.Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct);
        Assert.Equal(("me", "dpop"), (known.Workload, known.AuthenticatedBy));

        await using var thief = AgentSession.Resume(broker.OverTcp(), session.Identity, EphemeralKey.Create());
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await thief.Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
        var bare = new Metadata { { "authorization", $"DPoP {session.Identity.IdentityToken}" } };
        refused = await Assert.ThrowsAsync<RpcException>(
            async () => await broker.OverTcp().Attestation.WhoAmIAsync(new WhoAmIRequest(), bare, cancellationToken: Ct));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
    }

    [Fact]
    public async Task Over_TCP_there_is_no_peer_to_vouch_for()
    {
        await broker.DeniedAsync(Reason.NoPeerEvidence, broker.OverTcp(), new Evidence.UnixPeer());
        await broker.DeniedAsync(Reason.NoPeerEvidence, broker.OverTls(), new Evidence.UnixPeer());
        await broker.DeniedAsync(Reason.NoPeerEvidence, broker.OverSocket(), new Evidence.X509Peer());
    }

    [Theory]
    [InlineData("uid: 4711")]
    [InlineData("gid: 4711")]
    [InlineData("uid: ME, executable: /usr/bin/other")]
    [InlineData("uid: ME, sha256: \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"")]
    [InlineData("uid: ME, groups: [4711]")]
    [InlineData("uid: ME, cgroup: /no/such/group")]
    public async Task One_selector_that_does_not_hold_is_enough_to_be_nobody(string selectors)
    {
        await broker.ApplyAsync(Yaml($"{{{selectors.Replace("ME", $"{AttestationBroker.Me}", StringComparison.Ordinal)}}}"));

        var evidence = await broker.DeniedAsync(Reason.NoWorkloadMatches, broker.OverSocket(), new Evidence.UnixPeer());

        Assert.Equal($"{Environment.ProcessId}", evidence.GetProperty("pid").GetString());
        Assert.Equal(Environment.ProcessPath, evidence.GetProperty("executable").GetString());
        // The file is read only where its hash could decide.
        Assert.Equal(selectors.Contains("sha256", StringComparison.Ordinal) ? Sha256 : null, evidence.TryGetProperty("sha256", out var hash) ? hash.GetString() : null);
    }

    [Fact]
    public async Task Who_fits_two_workloads_is_neither()
    {
        await broker.ApplyAsync(Yaml($"{{uid: {AttestationBroker.Me}}}", $"{{gid: {AttestationBroker.MyGroup}}}"));

        await broker.DeniedAsync(Reason.SeveralWorkloadsMatch, broker.OverSocket(), new Evidence.UnixPeer());
    }

    [Fact]
    public async Task A_process_is_known_by_its_control_group_and_by_those_above_it()
    {
        var group = Server.Attestation.ControlGroup.Parse(await File.ReadAllTextAsync("/proc/self/cgroup", Ct))?.Path;
        Assert.SkipWhen(group is null, "runs in the root control group");
        var above = group[..group.LastIndexOf('/')];

        await broker.ApplyAsync(Yaml($"{{uid: {AttestationBroker.Me}, cgroup: {(above.Length > 0 ? above : group)}}}"));
        await using var session = await AttestationBroker.AttestAsync(broker.OverSocket(), new Evidence.UnixPeer());
        Assert.Equal("me", session.Identity.Workload);

        await broker.ApplyAsync(Yaml($"{{uid: {AttestationBroker.Me}, cgroup: {group}x}}"));
        var evidence = await broker.DeniedAsync(Reason.NoWorkloadMatches, broker.OverSocket(), new Evidence.UnixPeer());
        Assert.Equal(group, evidence.GetProperty("cgroup").GetString());
    }

    [Fact]
    public async Task A_process_of_another_user_is_another_workload()
    {
        NeedsRoot();
        await broker.ApplyAsync(Yaml($$"""{uid: {{AttestationBroker.Me}}}""", "{uid: 65534}"));

        using var mine = ChildProcess.Start(null, "attest", broker.SocketPath);
        using var nobodys = ChildProcess.Start("65534", "attest", broker.SocketPath);
        using var strangers = ChildProcess.Start("65533", "attest", broker.SocketPath);

        Assert.Equal("me by unix:uid:0", await mine.StandardOutput.ReadLineAsync(Ct));
        Assert.Equal("other by unix:uid:65534", await nobodys.StandardOutput.ReadLineAsync(Ct));
        await DeniedAsync(Reason.NoWorkloadMatches, strangers);
    }

    [Fact]
    public async Task Supplementary_groups_are_those_at_the_time_of_connecting_and_each_of_them_is_needed()
    {
        NeedsRoot();
        await broker.ApplyAsync(Yaml("{uid: 4711}", "{uid: 65534, groups: [4242, 4243]}"));

        using var both = Start("--groups=7,4242,4243");
        using var primary = Start("--regid=4243", "--groups=4242");
        using var one = Start("--groups=4242");
        using var none = Start("--clear-groups");

        Assert.Equal("other by unix:uid:65534 unix:group:4242 unix:group:4243", await both.StandardOutput.ReadLineAsync(Ct));
        Assert.Equal("other by unix:uid:65534 unix:group:4242 unix:group:4243", await primary.StandardOutput.ReadLineAsync(Ct));
        await DeniedAsync(Reason.NoWorkloadMatches, one);
        await DeniedAsync(Reason.NoWorkloadMatches, none);

        Process Start(params string[] groups) => ChildProcess.StartUnder(["setpriv", "--reuid=65534", .. groups], "attest", broker.SocketPath);
    }

    [Fact]
    public async Task In_another_mount_namespace_a_path_names_nothing_and_the_hash_of_the_file_does()
    {
        NeedsRoot();
        var runtime = await WhichAsync("dotnet");
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(runtime, Ct)));
        await broker.ApplyAsync(Yaml($$"""{uid: 0, executable: "{{runtime}}"}""", $$"""{uid: 0, groups: [4242], sha256: "{{hash}}"}"""));

        using var here = ChildProcess.Start(null, "attest", broker.SocketPath);
        using var elsewhere = ChildProcess.StartUnder(["unshare", "--mount"], "attest", broker.SocketPath);
        using var hashed = ChildProcess.StartUnder(["setpriv", "--groups=4242", "unshare", "--mount"], "attest", broker.SocketPath);

        Assert.Equal($"me by unix:uid:0 unix:executable:{runtime}", await here.StandardOutput.ReadLineAsync(Ct));
        await DeniedAsync(Reason.NoWorkloadMatches, elsewhere);
        Assert.Equal($"other by unix:uid:0 unix:group:4242 unix:sha256:{hash}", await hashed.StandardOutput.ReadLineAsync(Ct));
    }

    [Fact]
    public async Task A_process_of_another_user_administers_nothing()
    {
        Assert.Equal(["viewer", "operator", "approver", "policy_admin"], (await broker.OverSocket().Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct)).Roles);
        await using var joined = await AttestationBroker.AttestAsync(broker.OverTcp(), new Evidence.JoinToken(await broker.JoinTokenAsync("other")));

        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await joined.Admin.CreateJoinTokenAsync(new() { RequestId = AttestationBroker.NewId(), Workload = "other" }, cancellationToken: Ct));

        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
    }

    private async Task DeniedAsync(Reason reason, Process child)
    {
        var words = (await child.StandardOutput.ReadLineAsync(Ct) ?? "it said nothing").Split(' ');
        Assert.Equal(["PermissionDenied", "denied"], words[..^1]);
        await broker.RecordedAsync(reason, words[^1]);
    }

    // The file that the command becomes, whatever links lead there.
    private static async Task<string> WhichAsync(string program)
    {
        using var which = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"realpath \"$(command -v {program})\""]) { RedirectStandardOutput = true })!;
        return (await which.StandardOutput.ReadToEndAsync(Ct)).Trim();
    }

    private static void NeedsRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root to run a child as another user");

    private static ECDsa Copy(ECDsa key) => ECDsa.Create(key.ExportParameters(true));

    private static string Yaml(string me, string? other = null) => $$"""
        trust_domains:
          example.org: {}
        workloads:
          me:
            spiffe_id: spiffe://example.org/me
            owner: team
            class: agent
            attest: [{unix: {{me}}}]
          other:
            spiffe_id: spiffe://example.org/other
            owner: team
            class: agent
            attest: [{{(other is null ? "{join_token: true}" : $"{{unix: {other}}}")}}]
        """;
}
