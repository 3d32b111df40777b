using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Server.Storage;

namespace CredBroker.Server.Ledger;

/// <summary>
/// Live tokens as they were read, until something is revoked that concerns them. Being told of a revocation it only ever forgets: whether a
/// token that it does not hold is live is for the database to say (decision 22). Used by one loop.
/// </summary>
internal sealed class RememberedTokens
{
    /// <summary>The most tokens that are remembered, and the most tasks.</summary>
    public const int Capacity = 16_384;


    // Longer ones are read every time: with them the bound on tokens would be none on memory.
    private const int LongestKept = 1_024;

    private readonly Dictionary<Guid, Remembered> _tokens = [];
    private readonly Dictionary<Guid, Standing> _tasks = [];
    private HashSet<Guid> _lately = new(Capacity);
    private HashSet<Guid> _before = new(Capacity);

    /// <summary>True when the token is remembered.</summary>
    public bool Holds(Guid jti) => Find(jti) is not null;

    /// <summary>True when the token was read not long ago: what is asked for twice may be a third time, and is worth remembering.</summary>
    public bool WasRead(Guid jti) => _lately.Contains(jti) || _before.Contains(jti);

    /// <summary>Notes that a live token was read.</summary>
    public void Note(Guid jti)
    {
        if (_lately.Count == Capacity)
        {
            (_lately, _before) = (_before, _lately);
            _lately.Clear();
        }

        _lately.Add(jti);
    }

    /// <summary>The token, if it is remembered and still valid at a moment of the database's clock; else null, and it is forgotten.</summary>
    public LiveToken? Find(Guid jti, DateTimeOffset now)
    {
        if (Find(jti) is not { } found) return null;
        if (now < found.Until) return found.Token;
        _tokens.Remove(jti);
        return null;
    }

    /// <summary>Remembers a token that is live, unless it is a long one. When there is no room for it, all others are forgotten first.</summary>
    /// <param name="token">What was read of it.</param>
    /// <param name="ancestors">The tasks above its task.</param>
    /// <param name="until">By the database's clock: until then it is live unless it is revoked.</param>
    public void Add(LiveToken token, Guid[] ancestors, DateTimeOffset until)
    {
        if (LengthOf(token) > LongestKept) return;
        if ((_tokens.Count >= Capacity && !_tokens.ContainsKey(token.Jti.Value)) || _tasks.Count >= Capacity) Clear();
        Standing[] tree = [StandingOf(token.TaskId.Value), .. ancestors.Select(StandingOf)];
        _tokens[token.Jti.Value] = new(token, tree, until);
    }

    /// <summary>Forgets what a line of the feed of revocations concerns; everything, when it concerns more than a task tree or a token.</summary>
    public void Forget(RevocationKind kind, string subject)
    {
        if (kind == RevocationKind.TaskTree && TaskId.TryParse(subject, out var task))
        {
            if (_tasks.Remove(task.Value, out var standing)) standing.HasEnded = true;
        }
        else if (kind == RevocationKind.Token && Jti.TryParse(subject, out var jti))
        {
            _tokens.Remove(jti.Value);
        }
        else
        {
            Clear();
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _tokens.Clear();
        _tasks.Clear();
    }

    private static int LengthOf(LiveToken token) =>
        token.Workload.Length + token.Subject.Length + token.Initiator.Length + token.Capability.Resource.Length + token.Capability.ParametersJson.Length;

    private Remembered? Find(Guid jti) => _tokens.TryGetValue(jti, out var found) && !Array.Exists(found.Tree, task => task.HasEnded) ? found : null;

    private Standing StandingOf(Guid task)
    {
        if (!_tasks.TryGetValue(task, out var standing)) _tasks.Add(task, standing = new());
        return standing;
    }

    // Of a task, shared by all tokens under it: its end is known to all of them at once.
    private sealed class Standing
    {
        public bool HasEnded { get; set; }
    }

    private sealed record Remembered(LiveToken Token, Standing[] Tree, DateTimeOffset Until);
}
