using System.Diagnostics;
using CredBroker.Core.Audit;
using FsCheck.Fluent;

namespace CredBroker.Tests.Audit;

public sealed class ScrubberTests
{
    // Real in form, made up in content; put together here so that no scanner takes this file for a leak.
    private static readonly string[] Samples =
    [
        "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJzcGlmZmU6Ly9kL2EifQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ",
        "AKIA" + "IOSFODNN7EXAMPLE",
        "ASIA" + "Y34FZKBOKMUTVV7A",
        "q8Xh3vT0/Lk2Rz+Yc7Wd1NfG5uJmE9sPaB4oKiQx",
        "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a",
        "github_pat_" + "11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz0123456789ABCD",
        "glpat-" + "Ab1cD2eF3gH4iJ5kL6mN",
        "xoxb-" + "123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx",
        "sk-" + "proj-Ab12Cd34Ef56Gh78Ij90Kl12Mn34Op56",
        "sk-ant-" + "api03-Zx9Yw8Vu7Ts6Rq5Po4Nm3Lk2Ji1Hg0",
        "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
        "AIza" + "SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe",
        "hvs." + "CAESIJlU9JMYEhOPYv4igdhm9PnZDrabYTobQ4Ymnlq1qY",
        "npm_" + "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5",
        "SG." + "ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf-09kqeF8tAmbihYzrnopKc-1s5cr",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        "dGhpcyBpcyBhIHNlY3JldCB0aGF0IGlzIGxvbmcgZW5vdWdo" + "NTY3ODkw==",
    ];

    public static TheoryData<string> AllSamples => [.. Samples];

    [Theory]
    [MemberData(nameof(AllSamples))]
    public void A_secret_by_its_own_look_is_taken_out_wherever_it_stands(string secret)
    {
        Assert.Equal(Scrubber.Mark, Scrubber.Scrub(secret));
        Assert.Equal($"use {Scrubber.Mark} to log in", Scrubber.Scrub($"use {secret} to log in"));
        Assert.Equal($"(\"{Scrubber.Mark}\")", Scrubber.Scrub($"(\"{secret}\")"));
        Assert.Equal($"ключ:{Scrubber.Mark}，да", Scrubber.Scrub($"ключ:{secret}，да"));
        Assert.Equal(Scrubber.Mark, Scrubber.Scrub($"sk-/{secret}"));
        Assert.Equal($"a={Scrubber.Mark}&b={Scrubber.Mark}", Scrubber.Scrub($"a={secret}&b={secret}"));
    }

    [Theory]
    [InlineData("password=hunter2", "password=[scrubbed]")]
    [InlineData("PASSWORD: hunter2, and then", "PASSWORD: [scrubbed], and then")]
    [InlineData("the password is hunter2 today", "the password is [scrubbed] today")]
    [InlineData("psql --password hunter2 -h db", "psql --password [scrubbed] -h db")]
    [InlineData("{\"password\":\"hun ter2\",\"user\":\"bob\"}", "{\"password\":\"[scrubbed]\",\"user\":\"bob\"}")]
    [InlineData("{'client_secret' : 'x'}", "{'client_secret' : '[scrubbed]'}")]
    [InlineData("Server=db;User Id=app;Password=p w;Database=x", "Server=db;User Id=app;Password=[scrubbed];Database=x")]
    [InlineData("Host=db;Pwd='a;b';Port=5432", "Host=db;Pwd='[scrubbed]';Port=5432")]
    [InlineData("AccountName=x;AccountKey=abc==;EndpointSuffix=y", "AccountName=x;AccountKey=[scrubbed];EndpointSuffix=y")]
    [InlineData("export AWS_SECRET_ACCESS_KEY=abc\nnext", "export AWS_SECRET_ACCESS_KEY=[scrubbed]\nnext")]
    [InlineData("x-api-key: abc", "x-api-key: [scrubbed]")]
    [InlineData("?sig=abc&x=1", "?sig=[scrubbed]&x=1")]
    [InlineData("access_token=abc&x=1", "access_token=[scrubbed]&x=1")]
    [InlineData("Authorization: Bearer abc\r\nHost: x", "Authorization: [scrubbed]\r\nHost: x")]
    [InlineData("Set-Cookie: sid=1; path=/\nx", "Set-Cookie: [scrubbed]\nx")]
    public void The_value_of_a_name_that_a_secret_follows_is_taken_out(string text, string clean) =>
        Assert.Equal(clean, Scrubber.Scrub(text));

    [Theory]
    [InlineData("curl -H 'bearer abc12345'", "curl -H 'bearer [scrubbed]'")]
    [InlineData("Basic dXNlcjpw and on", "Basic [scrubbed] and on")]
    [InlineData("DPoP  abcdefgH.1", "DPoP  [scrubbed]")]
    public void A_credential_after_its_scheme_is_taken_out(string text, string clean) => Assert.Equal(clean, Scrubber.Scrub(text));

    [Theory]
    [InlineData("postgres://app:hunter2@db:5432/x", "postgres://app:[scrubbed]@db:5432/x")]
    [InlineData("https://user:p:a@s@host/path", "https://user:[scrubbed]@host/path")]
    public void A_password_in_a_url_is_taken_out(string text, string clean) => Assert.Equal(clean, Scrubber.Scrub(text));

    [Theory]
    [InlineData("a\n-----BEGIN EC PRIVATE KEY-----\nMHcC\nAQEE\n-----END EC PRIVATE KEY-----\nb", "a\n[scrubbed]\nb")]
    [InlineData("key=-----BEGIN PRIVATE KEY-----\nMHcC\n-----END PRIVATE KEY----- b", "key=[scrubbed] b")]
    [InlineData("secret=-----BEGIN PRIVATE KEY-----\nMHcC\n-----END PRIVATE KEY-----", "secret=[scrubbed]")]
    [InlineData("x-----BEGIN PRIVATE KEY-----\ncut off", "x[scrubbed]")]
    [InlineData("-----BEGIN A-----\nx\n-----END A-----,-----BEGIN B-----\ny\n-----END B-----", "[scrubbed],[scrubbed]")]
    [InlineData("-----BEGIN A-----\nx\n-----END A", "[scrubbed]")]
    public void A_pem_block_is_taken_out_whole(string text, string clean) => Assert.Equal(clean, Scrubber.Scrub(text));

    [Theory]
    [InlineData("")]
    [InlineData("Triage the open issues of acme/api and mail a summary to alice@example.org.")]
    [InlineData("Fix the NullReferenceException in src/CredBroker.Core/Capabilities/ResourcePatternContainmentTests.cs, line 41")]
    [InlineData("Task 0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b runs until 2026-11-20T11:53:00Z at most")]
    [InlineData("spiffe://example.org/agents/triage asks https://api.example.org:8443/v1/issues?state=open#top")]
    [InlineData("max_tokens=4096, token: 300, the token is expired, basic understanding, bearer tokens")]
    [InlineData("task-management-system and npm_config_registry_something and asterisk-and-more")]
    [InlineData("password reset for user:alice; no passwords here")]
    [InlineData("Größe, naïve, 日本語のテキスト, emoji 👩‍💻")]
    public void What_is_no_secret_stays_the_same_instance(string text) => Assert.Same(text, Scrubber.Scrub(text));

    [Fact]
    public void No_surroundings_let_a_secret_through()
    {
        var words = Gen.Elements(
            "password", "=", ":", "\"", "'", " ", "\n", "Bearer", "://", "@", "-----BEGIN ", "-----END ", "-----", ";", ",", "token", "--pwd",
            "is ", "eyJ", "AKIA", "x", "12345678", "authorization", "\uD800", "é", "\0", "\t");
        var texts = words.ListOf().Select(list => string.Concat(list));
        Properties.Hold(Prop.ForAll(
            texts.ToArbitrary(), Gen.Elements(Samples).ToArbitrary(), texts.ToArbitrary(),
            // A blank on each side: glued to other characters it would be another word.
            (before, secret, after) => !Scrubber.Scrub($"{before} {secret} {after}").Contains(secret, StringComparison.Ordinal)), samples: 3000);
    }

    [Fact]
    public void The_result_is_at_most_three_times_as_long_and_nothing_throws()
    {
        var hostile = Gen.Elements("sig=x ", "://:x@", "pwd:x,", "-----BEGIN ", "eyJ", "=", "a", "\uDC00", "'", "\"", "\\", "is ", "token", ";")
            .ListOf().Select(list => string.Concat(list));
        var any = ArbMap.Default.GeneratorFor<string>().Where(text => text is not null);
        Properties.Hold(Prop.ForAll(Gen.OneOf(hostile, any).ToArbitrary(), text => Scrubber.Scrub(text).Length <= 3 * text.Length), samples: 3000);
    }

    [Theory]
    [InlineData("pwd= ")]
    [InlineData("pwd: ")]
    [InlineData("--pwd ")]
    [InlineData("://")]
    [InlineData("bearer ")]
    [InlineData("token=1 ")]
    [InlineData("-----BEGIN ")]
    [InlineData("-----BEGIN -----END ")]
    [InlineData("a1")]
    [InlineData("pwd=\"")]
    [InlineData("cookie:\n")]
    public void Time_is_linear_in_the_text(string unit)
    {
        var small = string.Concat(Enumerable.Repeat(unit, 2_000));
        var large = string.Concat(Enumerable.Repeat(unit, 64_000));
        var once = Enumerable.Range(0, 5).Min(_ => TimeOf(small));

        // Linear is 32 times, quadratic 1,024. One good run of twenty is proof enough: a busy machine makes runs longer, none shorter.
        var allowed = TimeSpan.FromMilliseconds(10) + (once * 300);
        Assert.Contains(Enumerable.Range(0, 20), _ => TimeOf(large) < allowed);
    }

    private static TimeSpan TimeOf(string text)
    {
        var start = Stopwatch.GetTimestamp();
        Scrubber.Scrub(text);
        return Stopwatch.GetElapsedTime(start);
    }
}
