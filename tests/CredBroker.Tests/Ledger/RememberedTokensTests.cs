using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;

namespace CredBroker.Tests.Ledger;

public sealed class RememberedTokensTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_later = s_now.AddSeconds(5);

    private readonly RememberedTokens _memory = new();

    [Fact]
    public void It_is_found_until_its_time_is_over_and_not_afterwards()
    {
        var token = Remember(TaskId.New(s_now));

        Assert.Same(token, _memory.Find(token.Jti.Value, s_now));
        Assert.Same(token, _memory.Find(token.Jti.Value, s_later.AddTicks(-1)));
        Assert.Null(_memory.Find(token.Jti.Value, s_later));
        Assert.False(_memory.Holds(token.Jti.Value));
        Assert.Null(_memory.Find(NewId(), s_now));
    }

    [Fact]
    public void A_token_that_is_revoked_is_forgotten_and_no_other()
    {
        var task = TaskId.New(s_now);
        var (one, two) = (Remember(task), Remember(task));

        _memory.Forget(RevocationKind.Token, one.Jti.ToString());

        Assert.Equal((false, true), (_memory.Holds(one.Jti.Value), _memory.Holds(two.Jti.Value)));
    }

    [Fact]
    public void With_a_task_all_tokens_of_its_tree_are_forgotten_and_none_beside_or_above()
    {
        var (root, middle, leaf, beside) = (TaskId.New(s_now), TaskId.New(s_now), TaskId.New(s_now), TaskId.New(s_now));
        LiveToken[] kept = [Remember(root), Remember(beside, root)];
        LiveToken[] gone = [Remember(middle, root), Remember(middle, root), Remember(leaf, root, middle)];

        _memory.Forget(RevocationKind.TaskTree, middle.ToString());

        Assert.All(kept, token => Assert.True(_memory.Holds(token.Jti.Value)));
        Assert.All(gone, token => Assert.Null(_memory.Find(token.Jti.Value, s_now)));
        // Told twice, and of a task that nothing is known of: nothing more happens.
        _memory.Forget(RevocationKind.TaskTree, middle.ToString());
        _memory.Forget(RevocationKind.TaskTree, TaskId.New(s_now).ToString());
        Assert.All(kept, token => Assert.True(_memory.Holds(token.Jti.Value)));
    }

    [Fact]
    public void A_task_that_ended_does_not_come_back_with_a_token_that_is_read_late()
    {
        var (root, child) = (TaskId.New(s_now), TaskId.New(s_now));
        var before = Remember(child, root);
        _memory.Forget(RevocationKind.TaskTree, root.ToString());
        var after = Remember(child, root);

        Assert.Equal((false, true), (_memory.Holds(before.Jti.Value), _memory.Holds(after.Jti.Value)));
        _memory.Forget(RevocationKind.TaskTree, root.ToString());
        Assert.False(_memory.Holds(after.Jti.Value));
    }

    [Theory]
    [InlineData((short)RevocationKind.Workload, "spiffe://example.test/agent")]
    [InlineData((short)RevocationKind.Tool, "tickets")]
    [InlineData((short)RevocationKind.Initiator, "user:alice")]
    [InlineData((short)RevocationKind.Key, "a-key")]
    [InlineData((short)RevocationKind.Everything, "*")]
    [InlineData(8, "of a later version")]
    [InlineData(0, "")]
    [InlineData((short)RevocationKind.TaskTree, "not a task")]
    [InlineData((short)RevocationKind.Token, "")]
    public void Whatever_else_is_revoked_everything_is_forgotten(short kind, string subject)
    {
        var token = Remember(TaskId.New(s_now));

        _memory.Forget((RevocationKind)kind, subject);

        Assert.False(_memory.Holds(token.Jti.Value));
    }

    [Fact]
    public void When_there_is_no_room_it_begins_anew_and_still_forgets_what_ends()
    {
        var task = TaskId.New(s_now);
        var first = Remember(task);
        for (var i = 0; i < RememberedTokens.Capacity - 1; i++) Remember(task);
        Assert.True(_memory.Holds(first.Jti.Value));

        var next = Remember(task);

        Assert.Equal((false, true), (_memory.Holds(first.Jti.Value), _memory.Holds(next.Jti.Value)));
        _memory.Forget(RevocationKind.TaskTree, task.ToString());
        Assert.False(_memory.Holds(next.Jti.Value));
    }

    [Fact]
    public void What_would_take_much_room_is_not_remembered()
    {
        var task = TaskId.New(s_now);

        Assert.True(_memory.Holds(Remember(task, resource: new string('r', 900)).Jti.Value));
        Assert.False(_memory.Holds(Remember(task, resource: new string('r', 1_024)).Jti.Value));
    }

    [Fact]
    public void However_often_it_is_read_again_a_token_takes_the_room_of_one()
    {
        var first = Remember(TaskId.New(s_now));
        for (var i = 0; i < RememberedTokens.Capacity; i++) _memory.Add(first, [], s_later);
        var second = Remember(TaskId.New(s_now));
        for (var i = 0; i < RememberedTokens.Capacity - 2; i++) Remember(first.TaskId);
        _memory.Add(second, [], s_later);

        Assert.Equal((true, true), (_memory.Holds(first.Jti.Value), _memory.Holds(second.Jti.Value)));
    }

    // Tokens that are revoked one by one leave their tasks behind.
    [Fact]
    public void Tasks_take_room_too()
    {
        var first = Remember(TaskId.New(s_now));
        for (var i = 0; i < RememberedTokens.Capacity; i++)
            _memory.Forget(RevocationKind.Token, Remember(TaskId.New(s_now)).Jti.ToString());

        Assert.False(_memory.Holds(first.Jti.Value));
    }

    [Fact]
    public void What_was_read_not_long_ago_is_worth_it()
    {
        var token = NewId();
        Assert.False(_memory.WasRead(token));
        _memory.Note(token);
        Assert.True(_memory.WasRead(token));

        for (var i = 0; i < RememberedTokens.Capacity; i++) _memory.Note(NewId());
        Assert.True(_memory.WasRead(token));
        for (var i = 0; i < RememberedTokens.Capacity; i++) _memory.Note(NewId());
        Assert.False(_memory.WasRead(token));
    }

    private static Guid NewId() => Guid.CreateVersion7(s_now);

    private LiveToken Remember(TaskId task, params TaskId[] above) => Remember(task, "acme/tickets/1", above);

    private LiveToken Remember(TaskId task, string resource, params TaskId[] above)
    {
        var token = new LiveToken
        {
            Jti = Jti.Of(NewId()), TaskId = task, RootId = above is [] ? task : above[0], Workload = "spiffe://example.test/agent",
            Subject = "spiffe://example.test/agent", Initiator = "user:alice", Capability = new("tickets", "read", resource, "{}"),
            Audience = "https://tickets.example.test", Cnf = null, Kid = "a-key", IssuedAt = s_now, ExpiresAt = s_now.AddMinutes(5), TokenHash = new byte[32],
        };
        _memory.Add(token, Array.ConvertAll(above, id => id.Value), s_later);
        return token;
    }
}
