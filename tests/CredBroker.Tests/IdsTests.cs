using CredBroker.Core;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;

namespace CredBroker.Tests;

public sealed class IdsTests
{
    private const string Text = "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";

    [Fact]
    public void The_canonical_text_is_read_and_written_as_it_was()
    {
        Assert.True(TaskId.TryParse(Text, out var task));
        Assert.True(RequestId.TryParse(Text, out var request));
        Assert.True(DecisionId.TryParse(Text, out var decision));
        Assert.True(Jti.TryParse(Text, out var jti));
        Assert.Equal([Text, Text, Text, Text], [task.ToString(), request.ToString(), decision.ToString(), jti.ToString()]);
        Assert.Equal(task, TaskId.Of(task.Value));
        Assert.Equal(request, RequestId.Of(request.Value));
        Assert.Equal(decision, DecisionId.Of(decision.Value));
        Assert.Equal(jti, Jti.Of(jti.Value));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("0193A1B2-C3D4-7E5F-8A9B-0C1D2E3F4A5B")]
    [InlineData("0193a1b2c3d47e5f8a9b0c1d2e3f4a5b")]
    [InlineData("{0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b}")]
    [InlineData(" 193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b")]
    [InlineData("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5 ")]
    [InlineData("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5")]
    [InlineData("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5bb")]
    [InlineData("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5g")]
    [InlineData("0193a1b2-c3d47-e5f-8a9b-0c1d2e3f4a5b")]
    [InlineData("0x93a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b")]       // the framework reads this
    [InlineData("+193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b")]       // and this
    public void Any_other_text_is_refused(string? text)
    {
        Assert.False(TaskId.TryParse(text, out var task));
        Assert.False(RequestId.TryParse(text, out var request));
        Assert.False(DecisionId.TryParse(text, out var decision));
        Assert.False(Jti.TryParse(text, out var jti));
        Assert.True(task.IsNone && request.IsNone && decision.IsNone && jti.IsNone);
    }

    [Fact]
    public void The_nil_uuid_is_never_taken_from_the_database()
    {
        Assert.Throws<ArgumentException>(() => TaskId.Of(Guid.Empty));
        Assert.Throws<ArgumentException>(() => RequestId.Of(Guid.Empty));
        Assert.Throws<ArgumentException>(() => DecisionId.Of(Guid.Empty));
        Assert.Throws<ArgumentException>(() => Jti.Of(Guid.Empty));
    }

    [Fact]
    public void New_ids_are_of_version_7_and_sort_by_their_millisecond()
    {
        var now = new DateTimeOffset(2026, 11, 20, 11, 53, 0, TimeSpan.Zero);
        var (one, next) = (TaskId.New(now), TaskId.New(now.AddMilliseconds(1)));
        Assert.Equal(7, one.Value.Version);
        Assert.Equal(7, DecisionId.New(now).Value.Version);
        Assert.True(string.CompareOrdinal(one.ToString(), next.ToString()) < 0);
        Assert.NotEqual(TaskId.New(now), TaskId.New(now));
        Assert.StartsWith(now.ToUnixTimeMilliseconds().ToString("x12"), one.Value.ToString("N"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_id_of_a_child_sorts_above_its_parents_whatever_the_clocks_say()
    {
        var now = new DateTimeOffset(2026, 11, 20, 11, 53, 0, TimeSpan.Zero);
        for (var i = 0; i < 100; i++)
        {
            // Made later, in the same millisecond, and where the parent's clock was ahead.
            foreach (var made in new[] { now.AddMilliseconds(-1), now, now.AddSeconds(3) })
            {
                var parent = TaskId.New(made);
                var child = TaskId.NewBelow(parent, now);
                Assert.True(string.CompareOrdinal(parent.ToString(), child.ToString()) < 0);
                Assert.True(child.Value.CompareTo(parent.Value) > 0);
                Assert.Equal(7, child.Value.Version);
            }
        }

        Assert.StartsWith(
            now.ToUnixTimeMilliseconds().ToString("x12"), TaskId.NewBelow(TaskId.New(now.AddMilliseconds(-1)), now).Value.ToString("N"),
            StringComparison.Ordinal);
    }
}
