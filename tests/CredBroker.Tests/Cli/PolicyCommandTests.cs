using CredBroker.Tests.Policies.Testing;

namespace CredBroker.Tests.Cli;

public sealed class PolicyCommandTests : IDisposable
{
    private const string Policies = """
        @id("reads") permit (principal, action in Action::"read", resource);
        @id("mail") permit (principal, action == Action::"mail.send", resource);
        @id("quiet") forbid (principal, action in Action::"egress", resource) when { context.task.history.data.contains("secret") };
        """;

    private const string Cases = """
        defaults: { workload: agent, tool: mail, action: send, resource: customers/1 }
        cases:
          - name: it writes
            expect: { outcome: allow, by: [mail] }
          - name: not after secrets
            task: { history: { data: [secret] } }
            expect: { outcome: deny, by: [quiet] }

        """;

    private const string Wrong = """
          - name: not "today"
            expect: { outcome: deny }
          - name: elsewhere
            resource: elsewhere
            expect: { outcome: deny, reason: BUDGET_SPENT }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("cb").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_answered_as_expected_is_done_and_policies_that_no_case_needs_are_named()
    {
        Write(Cases);

        var run = await CliRun.OfAsync("policy", "test", _folder);

        Assert.Equal("ok    it writes: allow by mail\nok    not after secrets: deny by quiet\nno case is decided by: reads\n2 cases, all answered as expected\n", run.Out);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task What_is_not_says_what_was_expected_what_came_and_who_decided()
    {
        Write(Cases + Wrong);

        var people = await CliRun.OfAsync("policy", "test", _folder);
        var programs = await CliRun.OfAsync("policy", "test", _folder, "--json");

        Assert.Equal(
            $"""
            ok    it writes: allow by mail
            ok    not after secrets: deny by quiet
            FAIL  not "today"
                  expected deny, was allow
                  case: {_folder}/more/a.test.yaml:8:5
                  decided by mail: {_folder}/p.cedar:2:1
            FAIL  elsewhere
                  reason: expected BUDGET_SPENT, was RESOURCE_NOT_ALLOWED
                  why: RESOURCE_NOT_ALLOWED
                  case: {_folder}/more/a.test.yaml:10:5
            no case is decided by: reads

            """, people.Out);
        Assert.Equal((1, "error: 2 of 4 cases are not answered as expected\n"), (people.ExitCode, people.Error));
        Assert.Equal((1, ""), (programs.ExitCode, programs.Error));
        Assert.Equal((2, 2), (programs.Json.GetProperty("passed").GetInt32(), programs.Json.GetProperty("failed").GetInt32()));
        var failed = programs.Json.GetProperty("cases")[2];
        Assert.Equal(("more/a.test.yaml", 8, 5, false), (failed.GetProperty("file").GetString(), failed.GetProperty("line").GetInt32(), failed.GetProperty("column").GetInt32(), failed.GetProperty("passed").GetBoolean()));
        Assert.Equal("mail", failed.GetProperty("answer").GetProperty("by")[0].GetString());
    }

    [Fact]
    public async Task Mistakes_of_a_file_of_cases_or_of_the_catalog_are_told_with_their_place_and_nothing_is_run()
    {
        Write(Cases + "  - { name: a, exect: allow }\n");
        var tests = await CliRun.OfAsync("policy", "test", _folder);
        var programs = await CliRun.OfAsync("policy", "test", _folder, "--json");
        await File.WriteAllTextAsync(Path.Combine(_folder, "p.cedar"), "permit (principal, action, resource) when { 1 };", TestContext.Current.CancellationToken);
        var catalog = await CliRun.OfAsync("policy", "test", _folder);

        Assert.Equal((1, ""), (tests.ExitCode, tests.Out));
        Assert.StartsWith($"{_folder}/more/a.test.yaml:8:16: error: unknown key \"exect\" in a case; ", tests.Error, StringComparison.Ordinal);
        Assert.EndsWith("\nerror: 1 error\n", tests.Error, StringComparison.Ordinal);
        Assert.Equal(8, Assert.Single(programs.Json.GetProperty("problems").EnumerateArray()).GetProperty("line").GetInt32());
        Assert.StartsWith($"{_folder}/p.cedar:1:45: error: ", catalog.Error, StringComparison.Ordinal);
        Assert.Equal((1, ""), (catalog.ExitCode, catalog.Out));
    }

    [Fact]
    public async Task A_folder_without_cases_is_no_success()
    {
        Write("cases: []\n");
        var empty = await CliRun.OfAsync("policy", "test", _folder);
        File.Delete(Path.Combine(_folder, "more", "a.test.yaml"));
        var none = await CliRun.OfAsync("policy", "test", _folder);
        var absent = await CliRun.OfAsync("policy", "test", Path.Combine(_folder, "absent"));

        Assert.Equal((1, $"{_folder}/more/a.test.yaml:1:8: error: \"cases\" is an empty list; expected at least one item\nerror: 1 error\n"), (empty.ExitCode, empty.Error));
        Assert.Equal((1, $"error: there is no *.test.yaml in {_folder}\nhint: docs/policies.md, \"Testing policies\"\n"), (none.ExitCode, none.Error));
        Assert.Equal(1, absent.ExitCode);
        Assert.StartsWith("error: Could not find a part of the path", absent.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cases_are_no_part_of_the_catalog()
    {
        Write("this: [is no file of cases");

        var run = await CliRun.OfAsync("catalog", "check", _folder);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    private void Write(string cases)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "more"));
        File.WriteAllText(Path.Combine(_folder, "broker.yaml"), Tested.Yaml);
        File.WriteAllText(Path.Combine(_folder, "p.cedar"), Policies);
        File.WriteAllText(Path.Combine(_folder, "more", "a.test.yaml"), cases);
    }
}
