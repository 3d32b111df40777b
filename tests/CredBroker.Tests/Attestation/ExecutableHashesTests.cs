using System.Diagnostics;
using System.Security.Cryptography;
using CredBroker.Server.Attestation;

namespace CredBroker.Tests.Attestation;

public sealed class ExecutableHashesTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_hash_is_of_the_file_that_runs_and_the_second_question_is_answered_from_memory()
    {
        using var hashes = new ExecutableHashes();
        using var mine = OpenOwn();

        var first = await hashes.OfAsync(mine, Ct);
        var second = await hashes.OfAsync(mine, Ct);

        Assert.Equal(SHA256.HashData(await File.ReadAllBytesAsync(Environment.ProcessPath!, Ct)), first);
        Assert.Same(first, second);
    }

    [Fact]
    public async Task A_file_with_another_state_is_hashed_again()
    {
        var path = Path.GetTempFileName();
        using var hashes = new ExecutableHashes();
        await File.WriteAllTextAsync(path, "one", Ct);
        using var file = OpenFile(path);
        var before = await hashes.OfAsync(file, Ct);

        // The same length, and the modification time set back: only the change time tells.
        var modified = File.GetLastWriteTimeUtc(path);
        await File.WriteAllTextAsync(path, "two", Ct);
        File.SetLastWriteTimeUtc(path, modified);

        Assert.Equal(SHA256.HashData("one"u8), before);
        Assert.Equal(SHA256.HashData("two"u8), await hashes.OfAsync(file, Ct));
        File.Delete(path);
    }

    [Fact]
    public async Task A_file_too_large_to_hash_has_no_hash()
    {
        var path = Path.GetTempFileName();
        using (var sparse = File.OpenWrite(path))
            sparse.SetLength(ExecutableHashes.LargestFile + 1);
        using var hashes = new ExecutableHashes();
        using var file = OpenFile(path);
        var watch = Stopwatch.StartNew();

        Assert.Null(await hashes.OfAsync(file, Ct));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1));
        File.Delete(path);
    }

    private static PeerExecutable OpenOwn() => PeerExecutable.Open(Environment.ProcessId, out _)!;

    private static PeerExecutable OpenFile(string path)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return new(handle, NativeMethods.StatusOf(handle)!.Value.Key, path);
    }
}
