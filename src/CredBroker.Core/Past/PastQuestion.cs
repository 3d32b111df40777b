using System.Collections.Immutable;
using CredBroker.Core.Policies;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;

namespace CredBroker.Core.Past;

/// <summary>
/// The question that the policies of then were asked, as far as they looked: what they did not look at may be anything, for them it is the
/// same question.
/// </summary>
internal static class PastQuestion
{
    /// <summary>The question; null: policies were not asked, or it is not on record how the workload proved itself.</summary>
    /// <param name="past">The decision.</param>
    /// <param name="then">The policies that were asked.</param>
    /// <param name="task">The task, at any moment: what the record says of it comes first.</param>
    internal static PolicyQuestion? Of(PastDecision past, CatalogPolicies then, TaskFacts task)
    {
        if (past.AttestedBy is not { } attestedBy) return null;
        var question = new PolicyQuestion
        {
            Phase = past.Phase, Workload = past is PastDecision.Delegation delegation ? delegation.Workload : task.Workload, AttestedBy = attestedBy,
            Task = As(task, past), Capability = past.Asked, Approved = past.Approved,
        };
        return past is PastDecision.Delegation ? DeniedCase(question, then, past.At) : question;
    }

    // Of what is handed down, the policies are asked about cases: the first that they deny is what was denied.
    private static PolicyQuestion DeniedCase(PolicyQuestion question, CatalogPolicies then, DateTimeOffset now)
    {
        foreach (var asked in HandingDown.CasesOf(question.Capability) ?? [])
        {
            var one = question with { Capability = asked };
            if (Judging.Judge(then, one, now) is Judgement.Denied) return one;
        }

        return question;
    }

    private static TaskFacts As(TaskFacts task, PastDecision past)
    {
        var inputs = past.Inputs;
        var issued = inputs.Issued ?? task.Spent;
        return task with
        {
            Intent = inputs.Intent ?? task.Intent, Initiator = inputs.Initiator ?? task.Initiator,
            CreatedAt = inputs.Age is { } age ? past.At - age : task.CreatedAt, Spent = issued,
            Budget = inputs.RemainingBudget is { } left ? issued + left : task.Budget,
            History =
            [
                .. Labels(task, HistoryLabels.DataPrefix, inputs.Data), .. Labels(task, HistoryLabels.ToolPrefix, inputs.Tools),
                .. inputs.Egress ?? task.History.Contains(HistoryLabels.Egress) ? [HistoryLabels.Egress] : Array.Empty<string>(),
            ],
            Granted = new(
                inputs.Reads ?? task.Granted.Reads, inputs.Writes ?? task.Granted.Writes, inputs.Privileged ?? task.Granted.Privileged,
                task.Granted.ByTool.SetItems(inputs.ByTool)),
        };
    }

    private static IEnumerable<string> Labels(TaskFacts task, string prefix, ImmutableArray<string>? recorded) =>
        recorded?.Select(name => prefix + name) ?? task.History.Where(label => label.StartsWith(prefix, StringComparison.Ordinal));
}
