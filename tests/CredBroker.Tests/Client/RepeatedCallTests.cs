using CredBroker.Client;
using CredBroker.Core.Identity;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Tests.Client;

/// <summary>Which calls are made again, how often, and with what.</summary>
public sealed class RepeatedCallTests : IAsyncLifetime
{
    private FakeBroker _broker = null!;
    private BrokerConnection _connection = null!;
    private AgentSession _session = null!;
    private int _attested;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _broker = await FakeBroker.StartAsync();
        _broker.OnAttest = _ => new AttestResponse
        {
            IdentityToken = $"identity-{Interlocked.Increment(ref _attested)}",
            ExpiresAt = TimeProvider.System.GetUtcNow().AddMinutes(10).ToTimestamp(),
        };
        _connection = BrokerConnection.Open(_broker.Address);
        _session = await AgentSession.AttestAsync(_connection, new Evidence.Jwt("a.b.c"), Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        _connection.Dispose();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_nonce_that_is_asked_for_is_given_at_once_and_kept_for_later_calls()
    {
        Refuse(1, () => FakeBroker.Refusal(StatusCode.Unauthenticated, "USE_DPOP_NONCE", ("dpop-nonce", "n1")));

        await MintAsync("r");
        await MintAsync("r");

        Assert.Equal([null, "n1", "n1"], Mints().Select(NonceOf));
    }

    [Fact]
    public async Task A_nonce_is_asked_for_only_once_in_a_call()
    {
        Refuse(int.MaxValue, () => FakeBroker.Refusal(StatusCode.Unauthenticated, "USE_DPOP_NONCE", ("dpop-nonce", "n1")));

        var failure = await Assert.ThrowsAsync<RpcException>(() => MintAsync("r"));

        Assert.Equal("USE_DPOP_NONCE", BrokerRefusal.Of(failure).Reason);
        Assert.Equal(2, Mints().Count);
    }

    [Fact]
    public async Task A_refusal_that_asks_for_a_nonce_and_gives_none_is_final()
    {
        Refuse(int.MaxValue, () => FakeBroker.Refusal(StatusCode.Unauthenticated, "USE_DPOP_NONCE"));

        await Assert.ThrowsAsync<RpcException>(() => MintAsync("r"));

        Assert.Single(Mints());
    }

    [Fact]
    public async Task A_new_nonce_that_comes_with_an_answer_is_used_from_then_on()
    {
        _broker.OnMint = (_, context) =>
        {
            context.ResponseTrailers.Add("dpop-nonce", "n2");
            return Task.FromResult(new MintResponse());
        };

        await MintAsync("r");
        await MintAsync("r");

        Assert.Equal([null, "n2"], Mints().Select(NonceOf));
    }

    [Fact]
    public async Task A_refused_identity_token_is_replaced_by_attesting_anew_once()
    {
        Refuse(1, () => FakeBroker.Refusal(StatusCode.Unauthenticated, "IDENTITY_TOKEN_REFUSED"));

        await MintAsync("r");

        Assert.Equal(["DPoP identity-1", "DPoP identity-2"], Mints().Select(call => call.Authorization.Single()));
    }

    [Fact]
    public async Task A_second_refusal_of_the_identity_token_is_final()
    {
        Refuse(int.MaxValue, () => FakeBroker.Refusal(StatusCode.Unauthenticated, "IDENTITY_TOKEN_REFUSED"));

        await Assert.ThrowsAsync<RpcException>(() => MintAsync("r"));

        Assert.Equal(2, Mints().Count);
    }

    [Fact]
    public async Task While_the_broker_is_away_the_same_request_is_sent_again_with_a_fresh_proof()
    {
        Refuse(2, () => FakeBroker.Refusal(StatusCode.Unavailable, "DATABASE_AWAY"));

        await MintAsync("r");

        Assert.Equal(["r", "r", "r"], Mints().Select(call => ((MintRequest)call.Request).RequestId));
        Assert.Equal(3, Mints().Select(call => call.Proofs.Single()).Distinct().Count());
    }

    [Fact]
    public async Task After_four_tries_the_broker_counts_as_away()
    {
        Refuse(int.MaxValue, () => FakeBroker.Refusal(StatusCode.Unavailable, "DATABASE_AWAY"));

        var failure = await Assert.ThrowsAsync<RpcException>(() => MintAsync("r"));

        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.Equal(4, Mints().Count);
    }

    [Fact]
    public async Task A_request_without_an_id_is_never_sent_twice()
    {
        Refuse(int.MaxValue, () => FakeBroker.Refusal(StatusCode.Unavailable, "DATABASE_AWAY"));

        await Assert.ThrowsAsync<RpcException>(() => MintAsync(""));

        Assert.Single(Mints());
    }

    [Theory]
    [InlineData(StatusCode.PermissionDenied, "DENIED")]
    [InlineData(StatusCode.InvalidArgument, "FIELD_MISSING")]
    [InlineData(StatusCode.ResourceExhausted, "RATE_LIMITED")]
    [InlineData(StatusCode.AlreadyExists, "REQUEST_ID_REUSED")]
    [InlineData(StatusCode.Unauthenticated, "PROOF_REPLAYED")]
    [InlineData(StatusCode.Internal, "INTERNAL")]
    [InlineData(StatusCode.DeadlineExceeded, "")]
    [InlineData(StatusCode.Unknown, "")]
    public async Task Nothing_else_is_repeated(StatusCode code, string reason)
    {
        Refuse(int.MaxValue, () => FakeBroker.Refusal(code, reason));

        var failure = await Assert.ThrowsAsync<RpcException>(() => MintAsync("r"));

        Assert.Equal(code, failure.StatusCode);
        Assert.Single(Mints());
    }

    [Fact]
    public async Task No_wait_reaches_past_the_deadline_of_the_call()
    {
        Refuse(int.MaxValue, () => FakeBroker.Refusal(StatusCode.Unavailable, "DATABASE_AWAY"));
        var request = new MintRequest { RequestId = "r" };
        var deadline = TimeProvider.System.GetUtcNow().AddMilliseconds(40).UtcDateTime;

        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await _session.Tokens.MintAsync(request, deadline: deadline, cancellationToken: Ct));

        Assert.True(failure.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_while_it_waits_says_so()
    {
        Refuse(int.MaxValue, () => FakeBroker.Refusal(StatusCode.Unavailable, "DATABASE_AWAY"));
        using var impatient = new CancellationTokenSource();
        var waiting = _broker.OnMint;
        _broker.OnMint = async (request, context) =>
        {
            await impatient.CancelAsync();
            return await waiting(request, context);
        };

        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await _session.Tokens.MintAsync(new MintRequest { RequestId = "r" }, cancellationToken: impatient.Token));

        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
    }

    [Fact]
    public async Task Status_trailers_and_headers_are_those_of_the_last_try()
    {
        var tries = 0;
        _broker.OnMint = async (_, context) =>
        {
            context.ResponseTrailers.Add("try", $"{++tries}");
            if (tries == 1) throw FakeBroker.Refusal(StatusCode.Unavailable, "DATABASE_AWAY", ("try", "1"));
            await context.WriteResponseHeadersAsync(new Metadata { { "head", $"{tries}" } });
            return new MintResponse { Jti = "j" };
        };

        using var call = _session.Tokens.MintAsync(new MintRequest { RequestId = "r" }, cancellationToken: Ct);
        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        var answer = await call;

        Assert.Equal("j", answer.Jti);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Equal("2", call.GetTrailers().GetValue("try"));
        Assert.Equal("2", (await call.ResponseHeadersAsync).GetValue("head"));
    }

    [Fact]
    public async Task Disposing_a_call_cancels_it_and_disposing_a_finished_one_does_nothing()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _broker.OnMint = async (_, context) =>
        {
            arrived.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
            return new MintResponse();
        };
        var call = _session.Tokens.MintAsync(new MintRequest(), cancellationToken: Ct);
        await arrived.Task.WaitAsync(Ct);

        call.Dispose();

        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
        call.Dispose();
    }

    [Fact]
    public void Blocking_calls_are_not_offered() =>
        Assert.Throws<NotSupportedException>(() => _session.Tokens.Mint(new MintRequest(), cancellationToken: Ct));

    [Fact]
    public async Task On_a_connection_that_was_disposed_of_a_call_is_cancelled()
    {
        _connection.Dispose();

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await _connection.Tokens.MintAsync(new MintRequest { RequestId = "r" }));

        Assert.Equal((StatusCode.Cancelled, "the connection, or the session, was disposed of"), (refused.StatusCode, refused.Status.Detail));
    }

    [Fact]
    public async Task Where_nobody_listens_the_refusal_says_that_no_broker_answered()
    {
        Assert.True(BrokerAddress.TryParse("unix:/nowhere/s", out var address, out _));
        using var connection = BrokerConnection.Open(address);

        var failure = await Assert.ThrowsAsync<RpcException>(() => AgentSession.AttestAsync(connection, new Evidence.UnixPeer(), Ct));

        Assert.True(BrokerRefusal.Of(failure).IsUnreachable);
    }

    private async Task<MintResponse> MintAsync(string requestId) =>
        await _session.Tokens.MintAsync(new MintRequest { RequestId = requestId }, cancellationToken: Ct);

    private void Refuse(int times, Func<RpcException> refusal)
    {
        var left = times;
        _broker.OnMint = (_, _) => left-- > 0 ? throw refusal() : Task.FromResult(new MintResponse());
    }

    private IReadOnlyList<Came> Mints() => _broker.CallsOf("Mint");

    private static string? NonceOf(Came call)
    {
        Assert.True(CompactJws.TryParse(call.Proofs.Single(), JwsLimits.Dpop, out var jws, out _));
        return jws.Claims.ReadString("nonce", out var nonce) == ClaimState.Present ? nonce : null;
    }
}
