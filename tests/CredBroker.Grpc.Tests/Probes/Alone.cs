namespace Grpc.Tests.Probes;

/// <summary>Tests that measure the memory of the process: while they run, no other test does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
