namespace Grpc.Tests.Probes;

/// <summary>How much the process holds more than before. Only for tests that run alone.</summary>
internal sealed class Memory
{
    private readonly long _before = Live();

    /// <summary>Bytes of live objects, Kestrel's buffers included, more than when this object was made.</summary>
    public long Grown => Live() - _before;

    private static long Live() => GC.GetTotalMemory(forceFullCollection: true);
}
