using System.Collections.Immutable;
using System.Text.Json;
using CredBroker.Cedar.Extensions;

namespace CredBroker.Core.Past;

/// <summary>What the policies of then could look at, as far as they looked: facts that no reconstruction knows better.</summary>
public sealed record PastInputs
{
    /// <summary>Nothing is on record.</summary>
    public static PastInputs None { get; } = new();

    internal DateTimeOffset? Now { get; private init; }

    internal TimeSpan? Age { get; private init; }

    internal string? Intent { get; private init; }

    internal string? Initiator { get; private init; }

    internal int? Issued { get; private init; }

    internal int? RemainingBudget { get; private init; }

    internal ImmutableArray<string>? Data { get; private init; }

    internal ImmutableArray<string>? Tools { get; private init; }

    internal bool? Egress { get; private init; }

    internal int? Reads { get; private init; }

    internal int? Writes { get; private init; }

    internal int? Privileged { get; private init; }

    internal ImmutableDictionary<string, int> ByTool { get; private init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Reads what <see cref="Policies.JudgementRecord.WriteInputs"/> writes. What is not of its form is not known.</summary>
    internal static PastInputs Read(PastJson inputs)
    {
        var task = inputs.Object("task");
        var history = task.Object("history");
        return new()
        {
            Now = inputs.Moment("now"),
            Age = task.Text("age") is { } age && CedarDuration.TryParse(age, out var length) && length.Milliseconds is >= 0 and < 315_576_000_000 ? TimeSpan.FromMilliseconds(length.Milliseconds) : null,
            Intent = task.Text("intent"),
            Initiator = task.Text("initiator"),
            Issued = task.Whole("issued"),
            RemainingBudget = task.Whole("remaining_budget"),
            Data = history.Texts("data"),
            Tools = history.Texts("tools"),
            Egress = history.Truth("egress"),
            Reads = history.Whole("reads"),
            Writes = history.Whole("writes"),
            Privileged = history.Whole("privileged"),
            ByTool = CountsOf(history.Object("by_tool")),
        };
    }

    private static ImmutableDictionary<string, int> CountsOf(PastJson counts) => counts.Members
        .Where(member => member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out _))
        .ToImmutableDictionary(member => member.Name, member => member.Value.GetInt32());
}
