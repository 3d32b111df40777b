using CredBroker.Core.Catalog;
using static CredBroker.Core.Catalog.CatalogErrorKind;

namespace CredBroker.Tests.Catalog.Sections;

public sealed class AttestSectionTests
{
    private const string Sha = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("unix: {uid: 0}", "unix:uid:0")]
    [InlineData("unix: {uid: 4294967294, gid: 7, groups: [9, 8]}", "unix:uid:4294967294 and unix:gid:7 and unix:group:8 and unix:group:9")]
    [InlineData($"unix: {{sha256: {Sha}, uid: 1, executable: /usr/bin/python3.11}}", $"unix:uid:1 and unix:executable:/usr/bin/python3.11 and unix:sha256:{Sha}")]
    [InlineData("unix: {cgroup: /system.slice/agent.service}", "unix:cgroup:/system.slice/agent.service")]
    [InlineData("unix: {cgroup: /user.slice/a, gid: 5}", "unix:gid:5 and unix:cgroup:/user.slice/a")]
    [InlineData("jwt: {trust_domain: svid.test, subject: spiffe://svid.test/a}", "jwt:trust_domain:svid.test and jwt:subject:spiffe://svid.test/a")]
    [InlineData("jwt: {trust_domain: ci.example.test, subject: 'repo:a/b'}", "jwt:trust_domain:ci.example.test and jwt:subject:repo:a/b")]
    [InlineData("jwt: {trust_domain: ci.example.test, claims: {ref: main, actor: 12}}", "jwt:trust_domain:ci.example.test and jwt:claim:actor=12 and jwt:claim:ref=main")]
    [InlineData("x509: {spiffe_id: spiffe://example.test/x}", "x509:spiffe_id:spiffe://example.test/x")]
    [InlineData("join_token: true", "join_token:w")]
    public void A_set_of_selectors_is_read(string set, string selectors) =>
        Assert.Equal(selectors, CatalogText.Valid(With(set)).Catalog.Workloads.Values.Single().Attest.Single().ToString());

    [Theory]
    [InlineData("§{}", Contradiction, "a way to attest has none; expected exactly one of unix, jwt, x509 or join_token")]
    [InlineData("§{unix: {uid: 1}, join_token: true}", Contradiction, "has unix and join_token")]
    [InlineData("{§linux: {uid: 1}, join_token: true}", UnknownKey, "unknown key \"linux\"")]
    [InlineData("§x", WrongType, "a way to attest is x; expected a mapping")]
    [InlineData("{join_token: §false}", OutOfRange, "\"join_token\" is false")]
    [InlineData("{join_token: §yes}", WrongType, "expected true or false")]
    [InlineData("{§unix: {}}", Contradiction, "any user of the machine")]
    [InlineData("{§unix: {executable: /bin/a}}", Contradiction, "expected uid, gid, groups or cgroup among them")]
    [InlineData($"{{§unix: {{sha256: {Sha}}}}}", Contradiction, "any user of the machine")]
    [InlineData("{§unix: {cgroup: /user.slice/user-1.slice, executable: /bin/a}}", Contradiction, "any user of the machine")]
    [InlineData("{unix: {uid: §4294967295}}", OutOfRange, "from 0 to 4294967294")] // (uid_t)-1 is nobody
    [InlineData("{unix: {uid: §root}}", WrongType, "\"uid\" is root")]
    [InlineData("{unix: {uid: 1, groups: §27}}", WrongType, "expected a list")]
    [InlineData("{unix: {uid: 1, groups: [27, §27]}}", DuplicateName, "group \"27\"")]
    [InlineData("{unix: {uid: 1, executable: §python3}}", BadText, "the absolute path of an executable")]
    [InlineData("{unix: {uid: 1, executable: §/usr/../bin/a}}", BadText, "the absolute path")]
    [InlineData("{unix: {uid: 1, executable: §/usr//bin/a}}", BadText, "the absolute path")]
    [InlineData("{unix: {uid: 1, executable: §/}}", BadText, "the absolute path")]
    [InlineData("{unix: {uid: 1, executable: §/bin/a (deleted)}}", BadText, "the absolute path")]
    [InlineData("{unix: {uid: 1, cgroup: §/}}", BadText, "other than /")]
    [InlineData("{unix: {uid: 1, cgroup: §/a/}}", BadText, "an absolute cgroup path")]
    [InlineData("{unix: {uid: 1, sha256: §abc}}", BadText, "64 lower-case hexadecimal digits")]
    [InlineData("{unix: {uid: 1, sha256: §0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef}}", BadText, "lower-case")]
    [InlineData("{unix: {uid: 1, §exe: /bin/a}}", UnknownKey, "unknown key \"exe\" in \"unix\"; expected uid, gid")]
    [InlineData("{§jwt: {subject: a}}", MissingKey, "\"trust_domain\" is missing")]
    [InlineData("{jwt: {trust_domain: §other.test, subject: a}}", Dangling, "trust domain \"other.test\" is not declared")]
    [InlineData("{jwt: {trust_domain: §example.test, subject: a}}", Contradiction, "has no jwt keys")]
    [InlineData("{§jwt: {trust_domain: ci.example.test}}", Contradiction, "any token of the trust domain")]
    [InlineData("{jwt: {trust_domain: ci.example.test, claims: {§sub: a}}}", BadText, "expected the key \"subject\" instead")]
    [InlineData("{jwt: {trust_domain: ci.example.test, claims: {§aud: a}}}", BadText, "cannot be matched")]
    [InlineData("{jwt: {trust_domain: ci.example.test, claims: {a: §[b]}}}", WrongType, "claim \"a\" is a list")]
    [InlineData("{§jwt: {trust_domain: svid.test, claims: {a: b}}}", MissingKey, "\"subject\" is missing")]
    [InlineData("{jwt: {trust_domain: svid.test, subject: §a}}", BadText, "a SPIFFE ID with a path")]
    [InlineData("{jwt: {trust_domain: svid.test, subject: §spiffe://example.test/a}}", Contradiction, "not in trust domain \"svid.test\"")]
    [InlineData("{§x509: {}}", MissingKey, "\"spiffe_id\" is missing")]
    [InlineData("{x509: {spiffe_id: §spiffe://svid.test/a}}", Contradiction, "trust domain \"svid.test\" has no x509 bundle")]
    [InlineData("{x509: {spiffe_id: §spiffe://other.test/a}}", Dangling, "\"other.test\"")]
    public void Mistakes_are_told_with_their_place(string item, CatalogErrorKind kind, string says) =>
        CatalogText.AssertProblems(CatalogText.Of(workloads: $$"""
            workloads:
              w:
                spiffe_id: spiffe://example.test/w
                owner: o
                class: c
                attest:
                  - {{item}}
            """), (kind, says));

    [Theory]
    [InlineData("unix: {uid: 1}", "unix: {uid: 1}")]
    [InlineData("unix: {uid: 1}", "unix: {uid: 1, executable: /bin/a}")]
    [InlineData("unix: {groups: [5]}", "unix: {gid: 5}")]
    [InlineData("unix: {cgroup: /a}", "unix: {cgroup: /a/b/c, uid: 1}")]
    [InlineData("jwt: {trust_domain: ci.example.test, subject: s}", "jwt: {trust_domain: ci.example.test, subject: s, claims: {a: b}}")]
    [InlineData("x509: {spiffe_id: spiffe://example.test/x}", "x509: {spiffe_id: spiffe://example.test/x}")]
    public void A_workload_that_could_never_be_told_from_another_is_refused(string wide, string narrow)
    {
        CatalogText.AssertProblems(Two(wide, "§" + narrow), (Ambiguous, "also fits workload \"a\" (line 36)"));
        if (wide != narrow)
            CatalogText.AssertProblems(Two("§" + narrow, wide), (Ambiguous, "also fits workload \"b\" (line 37)"));
    }

    [Theory]
    [InlineData("unix: {uid: 1}", "unix: {uid: 2}")]
    [InlineData("unix: {uid: 1, executable: /bin/a}", "unix: {uid: 1, executable: /bin/b}")]
    [InlineData("unix: {cgroup: /a/b}", "unix: {cgroup: /a/bc}")]
    [InlineData("unix: {gid: 5}", "unix: {uid: 5}")]
    [InlineData("jwt: {trust_domain: ci.example.test, claims: {a: b}}", "jwt: {trust_domain: ci.example.test, claims: {b: a}}")]
    [InlineData("x509: {spiffe_id: spiffe://example.test/x}", "x509: {spiffe_id: spiffe://example.test/y}")]
    [InlineData("join_token: true", "join_token: true")]
    public void Workloads_that_can_be_told_apart_are_read(string one, string other) =>
        Assert.Equal(2, CatalogText.Valid(Two(one, other)).Catalog.Workloads.Count);

    [Fact]
    public void One_workload_may_be_attested_in_ways_that_overlap() =>
        Assert.Equal(3, CatalogText.Valid(With("unix: {uid: 1}", "unix: {uid: 1, gid: 1}", "unix: {uid: 1}")).Catalog.Workloads.Values.Single().Attest.Length);

    private static string With(params string[] sets) => CatalogText.Of(workloads: $$"""
        workloads:
          w:
            spiffe_id: spiffe://example.test/w
            owner: o
            class: c
            attest: [{{string.Join(", ", sets.Select(s => $"{{{s}}}"))}}]
        """);

    private static string Two(string a, string b) => CatalogText.Of(workloads: $$"""
        workloads:
          # the sets are on lines 36 and 37 of the file
          # and nothing else moves them
          a: {spiffe_id: spiffe://example.test/a, owner: o, class: c, attest: [{{Item(a)}}]}
          b: {spiffe_id: spiffe://example.test/b, owner: o, class: c, attest: [{{Item(b)}}]}
        """);

    private static string Item(string set) => set[0] == '§' ? $"§{{{set[1..]}}}" : $"{{{set}}}";
}
