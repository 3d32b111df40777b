using System.Security.Cryptography;

namespace CredBroker.Server.Attestation;

/// <summary>SHA-256 of executables, computed from the pinned file when it is first asked for. Safe to share between threads.</summary>
/// <remarks>About 3 ms per MiB without SHA instructions: done when attesting, never when accepting.</remarks>
internal sealed class ExecutableHashes : IDisposable
{
    /// <summary>The largest file that is hashed, bytes.</summary>
    public const long LargestFile = 1L << 30;

    private const int MostRemembered = 1_024;
    private const int BufferSize = 1 << 16;
    private readonly Dictionary<FileKey, byte[]> known = [];
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>32 bytes, or null when the file is too large or changes while it is read.</summary>
    public async Task<byte[]?> OfAsync(PeerExecutable executable, CancellationToken ct)
    {
        // One at a time: a hundred processes of one program start together, and the second finds what the first computed.
        await turn.WaitAsync(ct);
        try
        {
            if (NativeMethods.StatusOf(executable.Handle) is not { } before || before.Key.Size > LargestFile)
                return null;
            if (known.TryGetValue(before.Key, out var hash))
                return hash;

            hash = await HashAsync(executable, ct);
            if (NativeMethods.StatusOf(executable.Handle)?.Key != before.Key)
                return null;
            if (known.Count >= MostRemembered)
                known.Clear();
            known[before.Key] = hash;
            return hash;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    private static async Task<byte[]> HashAsync(PeerExecutable executable, CancellationToken ct)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferSize];
        long offset = 0;
        while (await RandomAccess.ReadAsync(executable.Handle, buffer, offset, ct) is > 0 and var read)
        {
            sha.AppendData(buffer, 0, read);
            offset += read;
        }

        return sha.GetHashAndReset();
    }
}
