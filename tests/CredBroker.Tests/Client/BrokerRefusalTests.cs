using CredBroker.Client;
using CredBroker.Tests.Identity;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Status = Grpc.Core.Status;

namespace CredBroker.Tests.Client;

public sealed class BrokerRefusalTests
{
    [Fact]
    public void A_refusal_without_details_is_its_status()
    {
        var refusal = BrokerRefusal.Of(new RpcException(new Status(StatusCode.Internal, "internal error")));

        Assert.Equal(new BrokerRefusal { Status = StatusCode.Internal, Message = "internal error" }, refusal);
    }

    [Fact]
    public void A_denial_carries_its_reason_and_the_decision_to_look_up()
    {
        var refusal = BrokerRefusal.Of(Refused(StatusCode.PermissionDenied, "denied", Info("DENIED", ("decision_id", "0193"))));

        Assert.Equal("DENIED", refusal.Reason);
        Assert.Equal("0193", refusal.DecisionId);
        Assert.True(refusal.IsDenied);
        Assert.False(refusal.IsUnreachable);
    }

    [Fact]
    public void A_malformed_field_is_named()
    {
        var info = Info("FIELD_MISSING", ("field", "envelope[0].tool"));

        Assert.Equal("envelope[0].tool", BrokerRefusal.Of(Refused(StatusCode.InvalidArgument, "", info)).Field);
    }

    [Fact]
    public void A_failure_of_the_broker_carries_its_correlation_id()
    {
        var refusal = BrokerRefusal.Of(Refused(StatusCode.Internal, "internal error", Info("INTERNAL", ("correlation_id", "0194"))));

        Assert.Equal("0194", refusal.CorrelationId);
    }

    [Fact]
    public void A_limit_says_when_to_try_again()
    {
        var retry = new RetryInfo { RetryDelay = new Duration { Seconds = 1, Nanos = 500_000_000 } };

        var refusal = BrokerRefusal.Of(Refused(StatusCode.ResourceExhausted, "at most 10 calls per second", Info("RATE_LIMITED"), retry));

        Assert.Equal(TimeSpan.FromSeconds(1.5), refusal.RetryAfter);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 1_000_000_000)]
    [InlineData(86_401, 0)]
    [InlineData(long.MaxValue, 0)]
    public void A_delay_out_of_range_counts_as_not_said(long seconds, int nanos)
    {
        var retry = new RetryInfo { RetryDelay = new Duration { Seconds = seconds, Nanos = nanos } };

        Assert.Null(BrokerRefusal.Of(Refused(StatusCode.ResourceExhausted, "", retry)).RetryAfter);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("DATABASE_AWAY", false)]
    public void Unavailable_without_a_reason_means_that_no_broker_answered(string? reason, bool unreachable)
    {
        var exception = reason is null
            ? new RpcException(new Status(StatusCode.Unavailable, "connection refused"))
            : Refused(StatusCode.Unavailable, "", Info(reason));

        Assert.Equal(unreachable, BrokerRefusal.Of(exception).IsUnreachable);
    }

    [Fact]
    public void Details_of_other_kinds_are_skipped()
    {
        var refusal = BrokerRefusal.Of(Refused(StatusCode.InvalidArgument, "", new BadRequest(), Info("FIELD_MISSING"), new Empty()));

        Assert.Equal("FIELD_MISSING", refusal.Reason);
    }

    [Fact]
    public void A_detail_that_cannot_be_read_does_not_hide_the_others()
    {
        var broken = new Any { TypeUrl = "type.googleapis.com/google.rpc.RetryInfo", Value = ByteString.CopyFrom(0xFF) };
        var status = new Google.Rpc.Status { Details = { broken, Any.Pack(Info("RATE_LIMITED")) } };

        Assert.Equal("RATE_LIMITED", BrokerRefusal.Of(With(status.ToByteArray())).Reason);
    }

    [Fact]
    public void No_trailer_makes_the_reader_fail()
    {
        var good = new Google.Rpc.Status { Details = { Any.Pack(Info("RATE_LIMITED", ("decision_id", "0193"))) } }.ToByteArray();
        var mutations = new Mutations(20261120);
        for (var i = 0; i < 20_000; i++)
            Assert.Equal(StatusCode.Unknown, BrokerRefusal.Of(With(mutations.DamageBytes(good))).Status);
    }

    private static RpcException With(byte[] details) =>
        new(new Status(StatusCode.Unknown, ""), new Metadata { { BrokerRefusal.DetailsTrailer, details } });

    private static RpcException Refused(StatusCode code, string message, params IMessage[] details)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = message, Details = { details.Select(Any.Pack) } };
        return new(new Status(code, message), new Metadata { { BrokerRefusal.DetailsTrailer, status.ToByteArray() } });
    }

    private static ErrorInfo Info(string reason, params (string Key, string Value)[] metadata)
    {
        var info = new ErrorInfo { Domain = "credbroker", Reason = reason };
        foreach (var (key, value) in metadata) info.Metadata[key] = value;
        return info;
    }
}
