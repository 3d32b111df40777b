namespace Grpc.Tests.Interop;

/// <summary>Clients that we did not write, against our server, over TCP, over a Unix socket and over TLS.</summary>
public sealed class ForeignClientTests(ForeignRun run) : IClassFixture<ForeignRun>
{
    /// <summary>What both clients do.</summary>
    private static readonly IReadOnlyList<string> CommonNames =
    [
        "unary", "empty", "large", "largest", "server_stream", "client_stream", "duplex", "half_close", "early_end", "refusal", "refusal_after_messages",
        "rich_status", "crash", "deadline", "cancel", "metadata", "compression", "bomb", "unknown", "health", "reflection", "many", "many_streams",
        "keepalive", "draining",
    ];

    public static readonly IReadOnlyList<string> PythonNames = CommonNames;

    // C-core writes grpc-timeout itself, whatever the caller gives.
    public static readonly IReadOnlyList<string> NodeNames = [.. CommonNames, "deadline_of_the_server"];

    public static TheoryData<string> PythonScenarios => [.. PythonNames];

    public static TheoryData<string> NodeScenarios => [.. NodeNames];

    [Theory]
    [MemberData(nameof(PythonScenarios))]
    public void Python_grpcio(string scenario) => run.Judge("python", scenario);

    [Theory]
    [MemberData(nameof(PythonScenarios))]
    public void Python_grpcio_over_a_unix_socket(string scenario) => run.Judge("python-unix", scenario);

    [Theory]
    [MemberData(nameof(PythonScenarios))]
    public void Python_grpcio_over_tls(string scenario) => run.Judge("python-tls", scenario);

    [Theory]
    [MemberData(nameof(NodeScenarios))]
    public void Node_grpc_js(string scenario) => run.Judge("node", scenario);

    [Theory]
    [MemberData(nameof(NodeScenarios))]
    public void Node_grpc_js_over_a_unix_socket(string scenario) => run.Judge("node-unix", scenario);

    [Theory]
    [MemberData(nameof(NodeScenarios))]
    public void Node_grpc_js_over_tls(string scenario) => run.Judge("node-tls", scenario);

    [Fact]
    public void Nothing_that_they_began_still_runs() => Assert.Equal(0, run.LeftRunning);
}
