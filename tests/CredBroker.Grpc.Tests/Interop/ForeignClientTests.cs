namespace Grpc.Tests.Interop;

/// <summary>Clients that we did not write, against our server, over TCP and over a Unix socket.</summary>
public sealed class ForeignClientTests(ForeignRun run) : IClassFixture<ForeignRun>
{
    public static readonly IReadOnlyList<string> PythonNames =
    [
        "unary", "empty", "large", "server_stream", "client_stream", "duplex", "refusal", "crash", "deadline", "cancel",
        "metadata", "compression", "bomb", "too_large", "unknown", "health", "reflection", "many",
    ];

    public static readonly IReadOnlyList<string> NodeNames =
    [
        "unary", "empty", "large", "server_stream", "client_stream", "duplex", "refusal", "refusal_after_messages", "crash",
        "deadline", "cancel", "metadata", "compression", "unknown",
    ];

    public static TheoryData<string> PythonScenarios => [.. PythonNames];

    public static TheoryData<string> NodeScenarios => [.. NodeNames];

    [Theory]
    [MemberData(nameof(PythonScenarios))]
    public void Python_grpcio(string scenario) => run.Judge("python", scenario);

    [Theory]
    [MemberData(nameof(PythonScenarios))]
    public void Python_grpcio_over_a_unix_socket(string scenario) => run.Judge("python-unix", scenario);

    [Theory]
    [MemberData(nameof(NodeScenarios))]
    public void Node_grpc_js(string scenario) => run.Judge("node", scenario);

    [Theory]
    [MemberData(nameof(NodeScenarios))]
    public void Node_grpc_js_over_a_unix_socket(string scenario) => run.Judge("node-unix", scenario);
}
