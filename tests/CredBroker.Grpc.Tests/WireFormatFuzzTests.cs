using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Grpc.Core;
using Grpc.Protocol;
using Grpc.Tests.Serving;
using Microsoft.Extensions.Primitives;

namespace Grpc.Tests;

/// <summary>Every parser of the wire against 10,000 inputs, a million in the long run: round trips for good ones, no exception for bad ones.</summary>
public sealed class WireFormatFuzzTests
{

    [Fact]
    public void Frames_split_at_any_place_read_the_same()
    {
        var messages = ArbMap.Default.GeneratorFor<byte[]>().Where(m => m is not null).ListOf().Resize(25);
        var cases = Gen.Zip(messages, Gen.Choose(1, 50)).ToArbitrary();
        Prop.ForAll(cases, item =>
        {
            var (payloads, piece) = item;
            var wire = new ArrayBufferWriter<byte>();
            foreach (var payload in payloads)
            {
                Frame.WriteHeader(wire, payload.Length, isCompressed: payload.Length % 2 == 1);
                wire.Write(payload);
            }

            var buffer = Segments.Of(wire.WrittenMemory, piece);
            foreach (var payload in payloads)
            {
                Assert.Equal(FrameState.Message, Frame.TryRead(ref buffer, null, out var isCompressed, out var read));
                Assert.Equal(payload.Length % 2 == 1, isCompressed);
                Assert.True(payload.AsSpan().SequenceEqual(read.ToArray()));
            }

            Assert.True(buffer.IsEmpty);
            Assert.Equal(FrameState.Incomplete, Frame.TryRead(ref buffer, null, out _, out _));
        }).Check(Fuzz.Inputs);
    }

    [Fact]
    public void Any_bytes_are_a_frame_or_a_reason_and_never_consumed_without_a_message()
    {
        var cases = Gen.Zip(ArbMap.Default.GeneratorFor<byte[]>(), Gen.Choose(0, 2000)).ToArbitrary();
        Prop.ForAll(cases, item =>
        {
            var (bytes, limit) = item;
            var whole = new ReadOnlySequence<byte>(bytes);
            var buffer = whole;
            var state = Frame.TryRead(ref buffer, limit, out _, out var payload);
            if (state is FrameState.Message)
            {
                Assert.True(payload.Length <= limit);
                Assert.Equal(whole.Length, buffer.Length + payload.Length + Frame.HeaderSize);
            }
            else
            {
                Assert.Equal(whole.Length, buffer.Length);
            }
        }).Check(Fuzz.Inputs);
    }

    [Fact]
    public void A_cut_frame_is_incomplete_and_a_long_one_is_refused_before_it_arrives()
    {
        var cases = Gen.Zip(Gen.Choose(1, 300), Gen.Choose(0, 300)).ToArbitrary();
        Prop.ForAll(cases, item =>
        {
            var (length, cut) = item;
            var wire = new ArrayBufferWriter<byte>();
            Frame.WriteHeader(wire, length, isCompressed: false);
            wire.Write(new byte[length]);
            var buffer = new ReadOnlySequence<byte>(wire.WrittenMemory[..Math.Min(cut, length + 4)]);
            Assert.Equal(FrameState.Incomplete, Frame.TryRead(ref buffer, null, out _, out _));
            var expected = buffer.Length < Frame.HeaderSize ? FrameState.Incomplete : FrameState.TooLarge;
            Assert.Equal(expected, Frame.TryRead(ref buffer, length - 1, out _, out _));
        }).Check(Fuzz.Inputs);
    }

    [Fact]
    public void Timeouts_come_back_rounded_up_by_less_than_one_unit_in_eight_digits()
    {
        var cases = Gen.Zip(Gen.Choose(0, 62), ArbMap.Default.GeneratorFor<ulong>()).Select(item => (long)(item.Item2 % (1UL << item.Item1)) + 1);
        Prop.ForAll(cases.ToArbitrary(), ticks =>
        {
            var sent = GrpcTimeout.Format(TimeSpan.FromTicks(ticks));
            Assert.Matches("^[0-9]{1,8}[HMSmun]$", sent);
            Assert.True(GrpcTimeout.TryParse(sent, out var read));
            if (ticks < 99_999_999 * TimeSpan.TicksPerHour) Assert.InRange(read.Ticks - ticks, 0, Math.Max(ticks / 1000, 0));
        }).Check(Fuzz.Inputs);
    }

    [Fact]
    public void Any_text_is_a_timeout_exactly_if_it_has_the_form_of_one()
    {
        var texts = Gen.Elements("0123456789HMSmun +-.:eE_\u0660".ToCharArray()).ListOf().Select(chars => new string([.. chars]));
        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var isTimeout = System.Text.RegularExpressions.Regex.IsMatch(text, "^[0-9]{1,8}[HMSmun]\\z");
            Assert.Equal(isTimeout, GrpcTimeout.TryParse(text, out _));
        }).Check(Fuzz.Inputs);
    }

    [Fact]
    public void Any_text_survives_the_percent_encoding_as_printable_ascii()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<string>().Filter(text => text is not null), text =>
        {
            // A lone half of a surrogate pair has no UTF-8; it becomes the replacement character.
            var valid = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
            var encoded = PercentEncoding.Encode(text, int.MaxValue);
            Assert.All(encoded, c => Assert.InRange(c, ' ', '~'));
            Assert.Equal(valid, PercentEncoding.Decode(encoded));
        }).Check(Fuzz.Inputs);
    }

    [Fact]
    public void A_cut_percent_encoding_is_a_prefix_of_the_text()
    {
        var cases = Gen.Zip(ArbMap.Default.GeneratorFor<string>().Where(text => text is not null), Gen.Choose(0, 40)).ToArbitrary();
        Prop.ForAll(cases, item =>
        {
            var (text, limit) = item;
            var encoded = PercentEncoding.Encode(text, limit);
            Assert.True(encoded.Length <= limit);
            Assert.StartsWith(PercentEncoding.Decode(encoded), System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text)), StringComparison.Ordinal);
        }).Check(Fuzz.Inputs);
    }

    [Fact]
    public void Any_text_can_be_percent_decoded()
    {
        var texts = Gen.Elements("%%%%09afAFgz \u00ff\n".ToCharArray()).ListOf().Select(chars => new string([.. chars]));
        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var decoded = PercentEncoding.Decode(text);
            if (!text.Contains('%', StringComparison.Ordinal)) Assert.Equal(text, decoded);
        }).Check(Fuzz.Inputs);
    }

    [Fact]
    public void Binary_values_come_back_in_whatever_way_they_are_joined_and_padded()
    {
        var values = ArbMap.Default.GeneratorFor<byte[]>().Where(v => v is not null).NonEmptyListOf().Resize(25);
        var cases = Gen.Zip(values, Gen.Choose(0, 7)).ToArbitrary();
        Prop.ForAll(cases, item =>
        {
            var (list, style) = item;
            var texts = list.Select(bytes => (style & 1) == 0 ? Convert.ToBase64String(bytes) : MetadataCodec.Encode(new Metadata.Entry("x-bin", bytes))!).ToArray();
            var joined = (style & 2) == 0 ? new StringValues(texts) : new StringValues(string.Join((style & 4) == 0 ? "," : ", ", texts));
            var metadata = new Metadata();
            Assert.True(MetadataCodec.TryAdd(metadata, "X-Bin", joined));
            Assert.True(list.Zip(metadata, (sent, entry) => sent.SequenceEqual(entry.ValueBytes)).All(same => same) && list.Count == metadata.Count);
        }).Check(Fuzz.Inputs);
    }

    [Fact]
    public void Any_text_is_decoded_metadata_or_refused()
    {
        var texts = Gen.Elements("ABab01+/=, -_?\u00e9".ToCharArray()).ListOf().Select(chars => new string([.. chars]));
        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var metadata = new Metadata();
            if (!MetadataCodec.TryAdd(metadata, "x-bin", text)) return;
            Assert.Equal(text.Split(',').Length, metadata.Count);
            Assert.All(metadata, entry => Assert.NotNull(entry.ValueBytes));
        }).Check(Fuzz.Inputs);
    }

    [Fact]
    public void Any_bytes_are_inflated_within_the_limit_or_refused()
    {
        var cases = Gen.Zip(ArbMap.Default.GeneratorFor<byte[]>().Where(bytes => bytes.Length > 0), Gen.Choose(0, 500)).ToArbitrary();
        Prop.ForAll(cases, item =>
        {
            foreach (var encoding in new[] { MessageEncoding.Gzip, MessageEncoding.Deflate })
            {
                var good = encoding.Compress(item.Item1, System.IO.Compression.CompressionLevel.Fastest).ToArray();
                var back = encoding.Inflate(new ReadOnlySequence<byte>(good), item.Item2);
                if (item.Item1.Length <= item.Item2) Assert.Equal(item.Item1, Assert.IsType<Inflated.Message>(back).Bytes.ToArray());
                else Assert.IsType<Inflated.TooLarge>(back);

                // One bit turned: refused, or (in a header field that says nothing) the same message.
                good[item.Item2 % good.Length] ^= 1;
                if (encoding.Inflate(new ReadOnlySequence<byte>(good), null) is Inflated.Message(var bytes)) Assert.Equal(item.Item1, bytes.ToArray());
                Assert.IsNotType<Inflated.Message>(encoding.Inflate(new ReadOnlySequence<byte>([.. item.Item1, 0xff]), 0));
            }
        }).Check(Fuzz.Inputs);
    }
}
