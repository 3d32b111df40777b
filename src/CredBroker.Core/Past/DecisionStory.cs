using System.Collections.Immutable;
using System.Globalization;
using CredBroker.Core.Catalog;
using CredBroker.Core.Policies.Explanations;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Past;

/// <summary>Why a decision came out as it did, for administrators: what a workload is never told.</summary>
/// <param name="Sentences">In words, one after the other. Texts of others are as they are: whoever shows them makes them harmless.</param>
/// <param name="NearMisses">The single facts that would have changed what the policies said, changed alone.</param>
public sealed record DecisionStory(ImmutableArray<string> Sentences, ImmutableArray<NearMiss> NearMisses)
{
    /// <summary>The story of a decision, by the record and, where policies were asked, by asking those of then again.</summary>
    /// <param name="past">The decision.</param>
    /// <param name="then">The catalog that was in force; null: it is not known, or does not read any more.</param>
    /// <param name="task">The task, at any moment; null: there is none, or it is not kept.</param>
    public static DecisionStory Of(PastDecision past, BrokerCatalog? then, TaskFacts? task)
    {
        ArgumentNullException.ThrowIfNull(past);
        var sentences = ImmutableArray.CreateBuilder<string>();
        sentences.Add(What(past, task));
        // A denial that names the catalog is one that policies had their word in.
        var judged = past.Was.Reason is null || past.CatalogVersion is not null;
        var explanation = judged && past is not PastDecision.Delegation { Was.Reason: null } ? Explain(past, then, task) : null;
        if (past.Was.Reason is not { } reason) sentences.Add(Allowed(past));
        else if (explanation is null || reason is Reason.TokenOver) sentences.Add(new RefusalWords(past, then, task).Say(reason));
        if (explanation is null)
        {
            if (judged && past.Was.Reason is not null) sentences.Add(Deciding(past));
            return new(sentences.ToImmutable(), []);
        }

        sentences.AddRange(past.Was.Reason is null ? explanation.Sentences.Skip(1) : explanation.Sentences);
        return new(sentences.ToImmutable(), explanation.NearMisses);
    }

    // Null: they cannot be asked again, or, for a reason that is not on record, do not answer as they did.
    private static Explanation? Explain(PastDecision past, BrokerCatalog? then, TaskFacts? task)
    {
        if (then is null || task is null || PastQuestion.Of(past, then.Policies, task) is not { } question) return null;
        var explanation = Explaining.Explain(then.Policies, question, past.At);
        var expected = past.Was.Reason switch
        {
            null or Reason.TokenOver => JudgementOutcome.Allowed,
            Reason.ApprovalRequired => JudgementOutcome.NeedsApproval,
            Reason.PolicyDenied when past is PastDecision.Use && Explaining.OutcomeOf(explanation.Judgement) == JudgementOutcome.Allowed => JudgementOutcome.Allowed,
            _ => JudgementOutcome.Denied,
        };
        return Explaining.OutcomeOf(explanation.Judgement) == expected ? explanation : null;
    }

    private static string What(PastDecision past, TaskFacts? task)
    {
        var when = past.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var asked = CapabilityWords.Of(past.Asked);
        var whose = task is null ? $"task {past.Task}" : $"task {past.Task} of {task.Initiator}";
        return past switch
        {
            PastDecision.Mint mint => $"At {when} {mint.Workload} asked for a token for {asked}, in {whose}.",
            PastDecision.Use { Task: null } use => $"At {when} {use.Backend} asked about a call of {asked}, with a token that is none of the broker's.",
            PastDecision.Use use => $"At {when} {use.Backend} asked about a call of {asked}, with a token of {task?.Workload.ToString() ?? "a workload"}, in {whose}.",
            PastDecision.Delegation delegation => $"At {when} {delegation.Workload} asked to give a part of {whose} to {delegation.To}: {asked}"
                + (delegation.Envelope.Capabilities.Length == 1 ? "." : $", and {delegation.Envelope.Capabilities.Length - 1} more."),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static string Allowed(PastDecision past) => past.Was.Policies.IsEmpty
        ? "It was allowed."
        : $"It was allowed{(past.Approved ? ", with an approval" : "")}, by {string.Join(", ", past.Was.Policies)}.";

    private static string Deciding(PastDecision past) => past.Was.Policies.IsEmpty
        ? "The record names no policy that decided."
        : $"The record names as deciding: {string.Join(", ", past.Was.Policies)}.";
}
