using System.Threading.Channels;
using CredBroker.Client;
using CredBroker.Tests.Testing;
using Grpc.Core;

namespace CredBroker.Tests.Client;

public sealed class IdentityRenewalTests
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);
    private readonly FakeClock _clock = new();
    private readonly Attester _attester;

    public IdentityRenewalTests() => _attester = new(_clock);

    [Fact]
    public async Task An_identity_in_its_first_half_is_not_renewed()
    {
        await using var renewal = Begin();
        _clock.Advance((Life / 2) - TimeSpan.FromSeconds(1));

        Assert.Equal("0", await TokenAsync(renewal));
        Assert.Equal(0, _attester.Asked);
    }

    [Fact]
    public async Task In_its_second_half_it_is_renewed_while_callers_go_on_with_it()
    {
        await using var renewal = Begin();
        var answer = _attester.Pause();
        _clock.Advance(Life / 2);

        Assert.Equal("0", await TokenAsync(renewal));
        await _attester.AskedAsync(1);
        Assert.Equal("0", await TokenAsync(renewal));
        answer.SetResult();
        await EventuallyAsync(async () => await TokenAsync(renewal) == "1");
        Assert.Equal(1, _attester.Asked);
    }

    [Fact]
    public async Task After_its_end_all_callers_wait_for_one_renewal()
    {
        await using var renewal = Begin();
        var answer = _attester.Pause();
        _clock.Advance(Life);

        var callers = Enumerable.Range(0, 50).Select(_ => TokenAsync(renewal)).ToArray();
        await _attester.AskedAsync(1);
        Assert.All(callers, caller => Assert.False(caller.IsCompleted));
        answer.SetResult();

        Assert.All(await Task.WhenAll(callers), token => Assert.Equal("1", token));
        Assert.Equal(1, _attester.Asked);
    }

    [Fact]
    public async Task A_caller_that_gives_up_does_not_stop_the_renewal_for_the_others()
    {
        await using var renewal = Begin();
        var answer = _attester.Pause();
        _clock.Advance(Life);
        using var impatient = new CancellationTokenSource();

        var one = renewal.CurrentAsync(impatient.Token).AsTask();
        var other = TokenAsync(renewal);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        answer.SetResult();

        Assert.Equal("1", await other);
    }

    [Fact]
    public async Task A_failed_renewal_is_not_repeated_with_every_call_while_the_identity_lasts()
    {
        await using var renewal = Begin();
        _attester.Failure = new RpcException(new Status(StatusCode.Unavailable, "away"));
        _clock.Advance(Life / 2);

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("0", await TokenAsync(renewal));
            await _attester.AskedAsync(1);
            await Task.Yield();
        }

        Assert.Equal(1, _attester.Asked);

        // A quarter of the five minutes that were left.
        await EventuallyAsync(async () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(75));
            await TokenAsync(renewal);
            return _attester.Asked >= 2;
        });
    }

    [Fact]
    public async Task After_its_end_the_refusal_to_renew_is_what_callers_see()
    {
        await using var renewal = Begin();
        _attester.Failure = new RpcException(new Status(StatusCode.Unauthenticated, "denied"));
        _clock.Advance(Life);

        var refused = await Assert.ThrowsAsync<RpcException>(() => TokenAsync(renewal));

        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
    }

    [Fact]
    public async Task Evidence_that_cannot_be_read_any_more_is_told_as_a_status()
    {
        await using var renewal = Begin();
        _attester.Failure = new FileNotFoundException("gone");
        _clock.Advance(Life);

        var refused = await Assert.ThrowsAsync<RpcException>(() => TokenAsync(renewal));

        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
        Assert.IsType<FileNotFoundException>(refused.Status.DebugException);
    }

    [Fact]
    public async Task After_its_end_every_call_tries_to_renew_again()
    {
        await using var renewal = Begin();
        _attester.Failure = new RpcException(new Status(StatusCode.Unavailable, "away"));
        _clock.Advance(Life);
        await Assert.ThrowsAsync<RpcException>(() => TokenAsync(renewal));
        await Assert.ThrowsAsync<RpcException>(() => TokenAsync(renewal));
        _attester.Failure = null;

        Assert.Equal("3", await TokenAsync(renewal));
    }

    [Fact]
    public async Task Without_evidence_to_repeat_the_identity_stays_what_it_is()
    {
        await using var renewal = new IdentityRenewal(Identity("0"), null, _clock);
        _clock.Advance(Life * 2);

        Assert.False(renewal.CanRenew);
        Assert.Equal("0", await TokenAsync(renewal));
        await renewal.ReplaceAsync(renewal.Held, CancellationToken.None);
        Assert.Equal("0", await TokenAsync(renewal));
    }

    [Fact]
    public async Task An_identity_that_the_broker_refused_is_replaced_once_however_many_calls_were_refused()
    {
        await using var renewal = Begin();
        var refused = renewal.Held;

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => renewal.ReplaceAsync(refused, CancellationToken.None)));

        Assert.Equal("1", await TokenAsync(renewal));
        Assert.Equal(1, _attester.Asked);
    }

    [Fact]
    public async Task Disposing_cancels_the_renewal_under_way()
    {
        var renewal = Begin();
        _attester.Pause();
        _clock.Advance(Life / 2);
        await TokenAsync(renewal);
        await _attester.AskedAsync(1);

        await renewal.DisposeAsync();

        Assert.True(_attester.WasCancelled);
    }

    private IdentityRenewal Begin() => new(Identity("0"), _attester.AttestAsync, _clock);

    private AgentIdentity Identity(string token) => new(token, "spiffe://example.org/a", "a", "jkt:x", _clock.GetUtcNow() + Life);

    private static async Task<string> TokenAsync(IdentityRenewal renewal) => (await renewal.CurrentAsync(CancellationToken.None)).IdentityToken;

    private static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 10_000; i++)
        {
            if (await holds()) return;
            await Task.Yield();
        }

        Assert.Fail("It never came true.");
    }

    private sealed class Attester(FakeClock clock)
    {
        private readonly Channel<int> _asked = Channel.CreateUnbounded<int>();
        private TaskCompletionSource? _pause;
        private int _count;
        private int _seen;

        public Exception? Failure { get; set; }

        public bool WasCancelled { get; private set; }

        public int Asked => Volatile.Read(ref _count);

        public TaskCompletionSource Pause() => _pause = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task AskedAsync(int times)
        {
            while (_seen < times) _seen = await _asked.Reader.ReadAsync(TestContext.Current.CancellationToken);
        }

        public async Task<AgentIdentity> AttestAsync(CancellationToken ct)
        {
            var number = Interlocked.Increment(ref _count);
            Assert.True(_asked.Writer.TryWrite(number));
            try
            {
                if (_pause is not null) await _pause.Task.WaitAsync(ct);
            }
            catch (OperationCanceledException)
            {
                WasCancelled = true;
                throw;
            }

            if (Failure is not null) throw Failure;
            return new($"{number}", "spiffe://example.org/a", "a", "jkt:x", clock.GetUtcNow() + Life);
        }
    }
}
