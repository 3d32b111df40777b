using System.Security.Cryptography;
using CredBroker.Core;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using FsCheck.Fluent;

namespace CredBroker.Tests.Tokens;

public sealed class JtiTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 11, 53, 0, TimeSpan.Zero);

    [Fact]
    public void A_known_task_and_request_have_a_known_id()
    {
        // printf '0193a1b2c3d47e5f8a9b0c1d2e3f4a5b11111111222233334444555566667777' | xxd -r -p | sha256sum, cut after the time,
        // with version 8 and the variant put in.
        var jti = Jti.Derive(
            TaskId.Of(Guid.Parse("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b")), RequestId.Of(Guid.Parse("11111111-2222-3333-4444-555566667777")));
        Assert.Equal("0193a1b2-c3d4-8825-aaab-b243ac023fca", jti.ToString());
    }

    [Fact]
    public void It_has_its_tasks_time_version_8_and_the_variant_of_the_rfc_and_else_the_hash()
    {
        var bytes = Gen.Choose(0, 255).ArrayOf(16).Select(ints => Array.ConvertAll(ints, i => (byte)i)).Where(b => b.Any(x => x != 0));
        Properties.Hold(Prop.ForAll(bytes.ToArbitrary(), bytes.ToArbitrary(), (task, request) =>
        {
            var id = Jti.Derive(TaskId.Of(new(task, bigEndian: true)), RequestId.Of(new(request, bigEndian: true))).Value.ToByteArray(bigEndian: true);
            var hash = SHA256.HashData([.. task, .. request]);
            return id.AsSpan(0, 6).SequenceEqual(task.AsSpan(0, 6))
                && id[6] >> 4 == 8 && (id[6] & 0x0f) == (hash[0] & 0x0f) && id[7] == hash[1]
                && id[8] >> 6 == 2 && (id[8] & 0x3f) == (hash[2] & 0x3f)
                && id.AsSpan(9).SequenceEqual(hash.AsSpan(3, 7));
        }));
    }

    [Fact]
    public void The_same_request_has_the_same_id_and_no_other_has()
    {
        var (task, request) = (TaskId.New(Now), RequestId.Of(Guid.CreateVersion7(Now)));
        Assert.Equal(Jti.Derive(task, request), Jti.Derive(task, request));
        Assert.NotEqual(Jti.Derive(task, request), Jti.Derive(task, RequestId.Of(Guid.CreateVersion7(Now))));
        Assert.NotEqual(Jti.Derive(task, request), Jti.Derive(TaskId.New(Now), request));
    }

    [Fact]
    public void The_tokens_of_a_task_sort_between_the_moments_around_its_start()
    {
        var jti = Jti.Derive(TaskId.New(Now), RequestId.Of(Guid.CreateVersion7(Now.AddHours(5)))).ToString();
        Assert.StartsWith(Now.ToUnixTimeMilliseconds().ToString("x12"), jti.Replace("-", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Default_ids_derive_nothing()
    {
        Assert.Throws<ArgumentException>(() => Jti.Derive(default, RequestId.Of(Guid.CreateVersion7(Now))));
        Assert.Throws<ArgumentException>(() => Jti.Derive(TaskId.New(Now), default));
    }
}
