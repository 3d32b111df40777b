using System.Collections.Immutable;
using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Evaluation;
using CredBroker.Cedar.Tree;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Policies;

/// <summary>
/// Puts a question to the policies: the one place where they speak. Same policies, question and moment, same judgement.
/// </summary>
/// <remarks>
/// Cedar ignores a policy that fails. For a forbid that would be a hole, so the broker's own rule is: if any forbid fails, deny. An
/// approval is counterfactual: when the policies say no, they are asked again as if an approver had said yes, and if that makes the
/// difference, the answer is that an approval is needed.
/// </remarks>
public static class Judging
{
    [ThreadStatic]
    private static AuthorizationResult? t_result;

    /// <summary>Asks the policies.</summary>
    public static Judgement Judge(CatalogPolicies policies, PolicyQuestion question, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(question);
        var principal = policies.PrincipalOf(question.Workload);
        var action = policies.ActionOf(question.Capability);
        var record = new JudgementRecord(question.Phase.Word(), principal?.Uid.ToString() ?? "", question.AttestedBy.Word(), []);
        if (policies.Count == 0) return new Judgement.Denied(Reason.PolicyDenied, "there are no policies", record);
        if (principal is null || action is null)
            return new Judgement.Denied(Reason.PolicyFailed, "the policies were made for another catalog", record);
        if (action.LeftOpen(principal, question) is { } open)
            return new Judgement.Denied(Reason.PolicyDenied, $"a policy looks at {(open.Length == 0 ? "the path" : $"parameter {open}")}: ask for one value of it", record);
        return new Asking(policies, question, principal, action, now).Judge(record);
    }

    /// <summary>One question on its way: evaluated once or twice.</summary>
    private readonly struct Asking(CatalogPolicies policies, PolicyQuestion question, PolicyPrincipal principal, PolicyAction action, DateTimeOffset now)
    {
        private readonly PolicyContext _context = new(question, policies.Use, now);

        internal Judgement Judge(JudgementRecord record)
        {
            var first = Evaluate(question.Approved, out var inputs);
            record = record with { Evaluations = [first.Evaluation], Inputs = inputs };
            if (first.Evaluation.Allows) return new Judgement.Allowed(first.Terms, record);
            if (first.Failed is { } failed) return new Judgement.Denied(failed, null, record);
            if (question.Approved || !policies.Use.Approved) return new Judgement.Denied(Reason.PolicyDenied, null, record);

            var second = Evaluate(approved: true, out _);
            record = record with { Evaluations = [first.Evaluation, second.Evaluation] };
            if (!second.Evaluation.Allows) return new Judgement.Denied(Reason.PolicyDenied, null, record);
            return second.Approvers.IsDefaultOrEmpty
                ? new Judgement.Denied(Reason.PolicyDenied, "an approval would make the difference, and no group may give it", record)
                : new Judgement.NeedsApproval(second.Approvers, second.Quorum, second.Terms, record);
        }

        private Outcome Evaluate(bool approved, out Cedar.Values.CedarRecord inputs)
        {
            inputs = _context.With(approved);
            var request = new CedarRequest(principal.Uid, action.Uid, action.Tool, inputs);
            // An evaluation runs no code of ours, so nothing else on this thread can want the result meanwhile.
            var result = t_result ??= new();
            var says = policies.Snapshot.Authorize(request, Cedar.Entities.EntityStore.Layered(principal.Attested(question.AttestedBy), action.Entities), result);
            var failed = FailedForbid(result);
            var allows = says == Decision.Allow && failed is null;
            var outcome = new Outcome { Evaluation = new(approved, allows, allows == (says == Decision.Allow) ? Deciding(result) : [], Errors(result)), Failed = failed };
            return allows ? outcome.Bound(policies, result) : outcome;
        }

        // Null: no forbid failed. A value that is left open is no bug of the policy: what was asked is too wide for it.
        private static Reason? FailedForbid(AuthorizationResult result)
        {
            Reason? worst = null;
            for (var i = 0; i < result.ErrorCount; i++)
            {
                if (result.FailedAt(i).Policy.Effect != Effect.Forbid) continue;
                if (result.Errors[i].Kind != EvaluationErrorKind.MissingAttribute) return Reason.PolicyFailed;
                worst = Reason.PolicyDenied;
            }

            return worst;
        }

        private static ImmutableArray<string> Deciding(AuthorizationResult result)
        {
            if (result.ReasonCount == 0) return [];
            var ids = new string[result.ReasonCount];
            for (var i = 0; i < ids.Length; i++) ids[i] = result.ReasonAt(i).Id.Value;
            Array.Sort(ids, StringComparer.Ordinal);
            return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(ids);
        }

        private static ImmutableArray<string> Errors(AuthorizationResult result) =>
            result.ErrorCount == 0 ? [] : [.. result.Errors.Select(error => error.ToString()).Order(StringComparer.Ordinal)];
    }

    /// <summary>What one evaluation comes to.</summary>
    private readonly record struct Outcome
    {
        internal PolicyEvaluation Evaluation { get; init; }

        internal Reason? Failed { get; init; }

        internal PolicyTerms Terms { get; init; }

        internal ImmutableArray<CatalogName> Approvers { get; init; }

        internal int Quorum { get; init; }

        /// <summary>The strictest of what the permits that decided say: of approvers those whom all accept that name any.</summary>
        internal Outcome Bound(CatalogPolicies policies, AuthorizationResult result)
        {
            var (terms, approvers, quorum) = (PolicyTerms.None, default(ImmutableArray<CatalogName>), 1);
            foreach (var id in Evaluation.Deciding)
            {
                var notes = policies.NotesOf(new(id));
                if (ReferenceEquals(notes, PolicyNotes.None)) continue;
                terms = terms.And(notes);
                quorum = Math.Max(quorum, notes.Quorum);
                if (!notes.Approvers.IsEmpty) approvers = approvers.IsDefault ? notes.Approvers : [.. approvers.Where(notes.Approvers.Contains)];
            }

            return this with { Terms = terms, Approvers = approvers, Quorum = quorum };
        }
    }
}
