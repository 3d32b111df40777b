using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;

namespace CredBroker.Tests.Catalog;

public sealed class WorkloadMatchTests
{
    private const string ShaA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string ShaB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    private static readonly AttestedPeer.Unix Peer = new() { Uid = 1000, Gid = 100 };

    [Theory]
    [InlineData("uid: 1000", true)]
    [InlineData("uid: 1001", false)]
    [InlineData("gid: 100", true)]
    [InlineData("gid: 27", false)]                       // supplementary, not primary
    [InlineData("groups: [27]", true)]
    [InlineData("groups: [27, 100, 28]", true)]          // the primary group is a group
    [InlineData("groups: [27, 29]", false)]              // every one is needed
    [InlineData("uid: 1000, executable: /usr/bin/a", true)]
    [InlineData("uid: 1000, executable: /usr/bin/b", false)]
    [InlineData($"uid: 1000, sha256: {ShaA}", true)]
    [InlineData($"uid: 1000, sha256: {ShaB}", false)]
    [InlineData("cgroup: /a", true)]
    [InlineData("cgroup: /a/b", true)]
    [InlineData("cgroup: /a/b/c", true)]
    [InlineData("cgroup: /a/b/c/d", false)]
    [InlineData("cgroup: /a/bb", false)]                 // a path, not a text prefix
    [InlineData($"uid: 1000, gid: 100, groups: [28], executable: /usr/bin/a, sha256: {ShaA}, cgroup: /a", true)]
    [InlineData($"uid: 1000, gid: 100, groups: [28], executable: /usr/bin/a, sha256: {ShaA}, cgroup: /b", false)]
    public void A_Unix_peer_needs_every_selector_of_a_set(string selectors, bool matches)
    {
        var full = Peer with { Groups = [27, 28], Executable = "/usr/bin/a", Sha256 = ShaA, Cgroup = "/a/b/c" };

        Assert.Equal(matches, WorkloadMatch.Find(Read(With($"unix: {{{selectors}}}")), full) is WorkloadMatch.One);
    }

    [Theory]
    [InlineData("executable: /usr/bin/a")]
    [InlineData($"sha256: {ShaA}")]
    [InlineData("cgroup: /a")]
    public void What_is_not_known_of_a_peer_does_not_hold(string selector) =>
        Assert.IsType<WorkloadMatch.None>(WorkloadMatch.Find(Read(With($"unix: {{uid: 1000, {selector}}}")), Peer));

    [Fact]
    public void Any_one_set_is_enough_and_the_first_that_holds_is_told()
    {
        var catalog = Read(With("unix: {uid: 1}", "unix: {gid: 100}", "unix: {uid: 1000, gid: 100}", "unix: {uid: 1000}"));

        Assert.Equal("unix:gid:100", Assert.IsType<WorkloadMatch.One>(WorkloadMatch.Find(catalog, Peer)).By.ToString());
    }

    [Fact]
    public void Two_workloads_are_no_identity()
    {
        var catalog = Read($$"""
            trust_domains: {{Domains}}
            workloads:
              b: {spiffe_id: spiffe://example.test/b, owner: o, class: c, attest: [{unix: {gid: 100} }]}
              a: {spiffe_id: spiffe://example.test/a, owner: o, class: c, attest: [{unix: {uid: 1000} }]}
              c: {spiffe_id: spiffe://example.test/c, owner: o, class: c, attest: [{unix: {groups: [5]} }]}
            """);

        Assert.Equal("a", Assert.IsType<WorkloadMatch.One>(WorkloadMatch.Find(catalog, Peer with { Gid = 7 })).Workload.Name.ToString());
        Assert.Equal(["a", "b"], Several(Peer));
        Assert.Equal(["a", "b", "c"], Several(Peer with { Groups = [5] }));
        Assert.IsType<WorkloadMatch.None>(WorkloadMatch.Find(catalog, Peer with { Uid = 7, Gid = 7 }));

        IEnumerable<string> Several(AttestedPeer peer) =>
            Assert.IsType<WorkloadMatch.Several>(WorkloadMatch.Find(catalog, peer)).Workloads.Select(n => n.ToString());
    }

    [Theory]
    [InlineData("subject: 'repo:a/b'", true)]
    [InlineData("subject: 'repo:a'", false)]
    [InlineData("subject: 'repo:A/b'", false)]
    [InlineData("claims: {ref: main}", true)]
    [InlineData("claims: {ref: main, actor: zoë}", true)]
    [InlineData("claims: {ref: main, other: x}", false)]
    [InlineData("claims: {'ref=main': x}", false)]
    [InlineData("subject: 'repo:a/b', claims: {ref: dev}", false)]
    public void A_token_needs_every_claim_exactly(string selectors, bool matches)
    {
        var catalog = Read(With($"jwt: {{trust_domain: ci.example.test, {selectors}}}"));
        var claims = new Dictionary<string, string> { ["ref"] = "main", ["actor"] = "zoë" };

        Assert.Equal(matches, WorkloadMatch.Find(catalog, new AttestedPeer.Jwt(Domain("ci.example.test"), "repo:a/b", claims)) is WorkloadMatch.One);
        Assert.IsType<WorkloadMatch.None>(WorkloadMatch.Find(catalog, new AttestedPeer.Jwt(Domain("svid.test"), "repo:a/b", claims)));
    }

    [Fact]
    public void A_claim_and_its_value_do_not_run_together()
    {
        var catalog = Read(With("jwt: {trust_domain: ci.example.test, claims: {'a=b': c}}"));

        Assert.IsType<WorkloadMatch.None>(Find("a", "b=c"));
        Assert.IsType<WorkloadMatch.One>(Find("a=b", "c"));

        WorkloadMatch Find(string claim, string value) =>
            WorkloadMatch.Find(catalog, new AttestedPeer.Jwt(Domain("ci.example.test"), "s", new Dictionary<string, string> { [claim] = value }));
    }

    [Fact]
    public void A_certificate_is_matched_by_its_SPIFFE_ID_and_by_nothing_else()
    {
        var catalog = Read(With("x509: {spiffe_id: spiffe://example.test/x}"));

        Assert.IsType<WorkloadMatch.One>(WorkloadMatch.Find(catalog, new AttestedPeer.X509(Id("spiffe://example.test/x"))));
        Assert.IsType<WorkloadMatch.None>(WorkloadMatch.Find(catalog, new AttestedPeer.X509(Id("spiffe://example.test/X"))));
        Assert.IsType<WorkloadMatch.None>(WorkloadMatch.Find(catalog, new AttestedPeer.X509(Id("spiffe://example.test/w"))));
    }

    [Fact]
    public void A_join_token_names_its_workload_which_must_still_take_one()
    {
        var token = new AttestedPeer.JoinToken(CatalogName.TryParse("w", out var name) ? name : default);

        Assert.IsType<WorkloadMatch.One>(WorkloadMatch.Find(Read(With("join_token: true")), token));
        Assert.IsType<WorkloadMatch.None>(WorkloadMatch.Find(Read(With("unix: {uid: 1000}")), token));
        Assert.IsType<WorkloadMatch.None>(WorkloadMatch.Find(Read(With("join_token: true")), new AttestedPeer.JoinToken(default)));
    }

    [Fact]
    public void Evidence_of_one_kind_never_meets_selectors_of_another()
    {
        var catalog = Read(With("jwt: {trust_domain: svid.test, subject: spiffe://svid.test/x}"));

        Assert.IsType<WorkloadMatch.None>(WorkloadMatch.Find(catalog, new AttestedPeer.X509(Id("spiffe://svid.test/x"))));
        Assert.IsType<WorkloadMatch.One>(WorkloadMatch.Find(catalog,
            new AttestedPeer.Jwt(Domain("svid.test"), "spiffe://svid.test/x", new Dictionary<string, string>())));
    }

    [Theory]
    [InlineData($"unix: {{uid: 1000, sha256: {ShaA}}}", true)]
    [InlineData($"unix: {{uid: 1001, sha256: {ShaA}}}", false)]        // would not match anyway
    [InlineData($"unix: {{uid: 1000, executable: /bin/a, sha256: {ShaA}}}", false)]
    [InlineData("unix: {uid: 1000}", false)]
    [InlineData("join_token: true", false)]
    public void The_digest_is_computed_only_when_it_can_decide(string set, bool needs) =>
        Assert.Equal(needs, WorkloadMatch.NeedsHash(Read(With(set)), Peer));

    [Theory]
    [InlineData("unix:cgroup:/a/b/c", "/a/b/c", "/a/b", "/a")]
    [InlineData("unix:cgroup:/a", "/a")]
    public void A_control_group_lies_in_those_above_it(string shown, params string[] implied)
    {
        var selector = new Selector(SelectorKind.UnixCgroup, shown["unix:cgroup:".Length..]);

        Assert.Equal(shown, selector.ToString());
        Assert.Equal(implied, selector.Implied().Select(s => s.Value));
    }

    /// <summary>What the reader calls ambiguous, and only that, can never be told apart: checked against every peer of a small world.</summary>
    [Fact]
    public void Ambiguity_is_exactly_that_whoever_fits_one_fits_the_other()
    {
        var peers = (from uid in (uint[])[1, 2] from gid in (uint[])[1, 2] from groups in (uint[][])[[], [1], [2]]
                     from executable in (string?[])[null, "/a", "/b"] from cgroup in (string?[])[null, "/x", "/x/y", "/z"]
                     select new AttestedPeer.Unix { Uid = uid, Gid = gid, Groups = [.. groups], Executable = executable, Cgroup = cgroup }).ToList();
        string[] sets =
        [
            "{uid: 1}", "{uid: 2}", "{gid: 1}", "{groups: [1]}", "{groups: [2]}", "{groups: [1, 2]}", "{uid: 1, gid: 1}", "{uid: 1, executable: /a}",
            "{cgroup: /x}", "{cgroup: /x/y}", "{cgroup: /z, uid: 1}", "{uid: 1, gid: 1, executable: /a, cgroup: /x/y}",
        ];

        var fitting = sets.ToDictionary(set => set, Fitting);
        foreach (var (one, other) in sets.SelectMany(one => sets.Select(other => (one, other))))
        {
            var reading = CatalogText.Read($$"""
                trust_domains: {{Domains}}
                workloads:
                  a: {spiffe_id: spiffe://example.test/a, owner: o, class: c, attest: [{unix: {{one}} }]}
                  b: {spiffe_id: spiffe://example.test/b, owner: o, class: c, attest: [{unix: {{other}} }]}
                """);
            var (a, b) = (fitting[one], fitting[other]);
            Assert.NotEmpty(a);
            Assert.True((reading is CatalogReading.Invalid) == (a.IsSubsetOf(b) || b.IsSubsetOf(a)), $"{one} {other}");
        }

        HashSet<int> Fitting(string set)
        {
            var catalog = Read(With($"unix: {set}"));
            return [.. Enumerable.Range(0, peers.Count).Where(i => WorkloadMatch.Find(catalog, peers[i]) is WorkloadMatch.One)];
        }
    }

    private static BrokerCatalog Read(string yaml) => CatalogText.Valid(yaml).Catalog;

    /// <summary>Names the files that come with every catalog of the tests.</summary>
    private const string Domains = "{example.test: {jwt: {profile: jwt_svid, audiences: [a], jwks_file: keys.json}, x509: {bundle_file: bundle.pem}}}";

    private static string With(params string[] sets) => CatalogText.Of(workloads: $$"""
        workloads:
          w:
            spiffe_id: spiffe://example.test/w
            owner: o
            class: c
            attest: [{{string.Join(", ", sets.Select(s => $"{{{s}}}"))}}]
        """);

    private static TrustDomain Domain(string name) => TrustDomain.TryParse(name, out var domain) ? domain : throw new ArgumentException(name);

    private static SpiffeId Id(string text) => SpiffeId.TryParse(text, out var id) ? id : throw new ArgumentException(text);
}
