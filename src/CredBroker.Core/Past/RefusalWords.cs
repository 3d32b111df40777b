using System.Globalization;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Past;

/// <summary>
/// Says a reason as a sentence, with what was asked for and what was allowed, as far as that is known: by the catalog that was in force, and by
/// the task.
/// </summary>
/// <param name="past">The decision.</param>
/// <param name="then">The catalog that was in force; null: it is not known.</param>
/// <param name="task">The task; null: there is none, or it is not kept.</param>
internal readonly struct RefusalWords(PastDecision past, BrokerCatalog? then, TaskFacts? task)
{
    private readonly Capability _asked = past.Asked;

    private string Action => $"{_asked.Tool}.{_asked.Action}";

    // What a workload may do at most: of a delegation it is the child's allow-list that counts.
    private SpiffeId? Whose => past switch
    {
        PastDecision.Mint mint => mint.Workload,
        PastDecision.Delegation delegation => delegation.To,
        _ => task?.Workload,
    };

    /// <summary>The sentence.</summary>
    internal string Say(Reason reason) => reason switch
    {
        Reason.UnknownTool => $"The catalog had no tool {_asked.Tool}.",
        Reason.UnknownAction => $"The tool {_asked.Tool} had no action {_asked.Action}{Known(then?.FindTool(_asked.Tool)?.Actions.Keys.Select(name => name.ToString()))}.",
        Reason.UnknownParameter => $"The action {Action} had no such parameter{Known(Rule?.Parameters.Keys.Select(name => name.ToString()))}.",
        Reason.ParameterMistyped => $"A parameter was of another type than {Action} has it{Known(Rule?.Parameters.Select(one => $"{one.Key} {one.Value}"))}.",
        Reason.ActionNotAllowed => $"The allow-list of {Whose} had nothing of {Action}.",
        Reason.ResourceNotAllowed => $"The allow-list of {Whose} did not reach {_asked.Resource}: it had {Allowed()}.",
        Reason.ParameterNotAllowed => $"The allow-list of {Whose} did not have these parameters: it had {Allowed()}.",
        Reason.ActionOutsideEnvelope => $"The envelope of the task had nothing of {Action}.",
        Reason.ResourceOutsideEnvelope => $"The envelope of the task did not reach {_asked.Resource}: it had {Enveloped()}.",
        Reason.ParameterOutsideEnvelope => $"The envelope of the task did not have these parameters: it had {Enveloped()}.",
        Reason.BearerNotAllowed => $"The token was to be bound to no key, and the catalog did not have that for {_asked.Tool}.",
        Reason.UnknownWorkload => $"The catalog had no workload {Whose}.",
        Reason.UnknownDelegate => $"The catalog had no workload {Whose} to delegate to.",
        Reason.UnknownTask => $"There was no task {past.Task}.",
        Reason.NotYourTask => $"The task {past.Task} belonged to {task?.Workload.ToString() ?? "another workload"}.",
        Reason.TaskOver => $"The task {past.Task} was over: it had ended, or was past its deadline{(task is null ? "" : Invariant($" ({Moment(task.Deadline)})"))} or its heartbeat.",
        Reason.TaskWaiting => $"The task {past.Task} waited for its workload to accept it.",
        Reason.BudgetSpent => $"The task {past.Task} had used its whole budget of tokens{(task is null ? "" : Invariant($", now {task.Budget}"))}.",
        Reason.DepthOverCeiling => "The task was, or would have been, deeper below its root than the catalog let tasks be"
            + $"{(then is null ? "" : Invariant($", which is {then.Settings.DelegationDepth}"))}.",
        Reason.NotAllowedAbove => $"The catalog did not allow it to the workload of a task above{Known(task?.Above.Select(id => id.ToString()))}.",
        Reason.TokenOver => "The token was past its time, was revoked, its key was, or it was older than the policies let a token become.",
        Reason.CallOutsideGrant => "The call was not within what the token was granted for.",
        Reason.UsesSpent => "The token had been used as often as it may.",
        Reason.AudienceNotServed => $"The backend did not serve the token's audience{Known(Serves)}, or the tool was not that audience's.",
        Reason.UnknownToken => "What was presented was no token of this broker's.",
        Reason.ProofMissing => "The token was bound, and nothing was shown that whoever presented it holds what it was bound to.",
        Reason.PresentedProofRefused => "What was shown with the token did not hold for it, for this request and this moment.",
        Reason.PresentedProofReplayed => "The proof had been presented before, for another request.",
        Reason.TaskLifetimeOverCeiling => "The task was to live longer than the catalog let the tasks of that workload.",
        Reason.TaskBudgetOverCeiling => "The task was to have a larger budget than the catalog let the tasks of that workload have.",
        Reason.BudgetOverParents => "The task was to have a larger budget than its parent had left.",
        Reason.UnknownApproval => "There was no approval of that id.",
        Reason.NotYourApproval => "The approval was of another workload's task.",
        Reason.ApprovalForOther => "The approval was for another task, another capability or other parameters.",
        Reason.ApprovalNotGiven => "Not enough approvers had said yes by then.",
        Reason.ApprovalOver => "The approval had been denied, used or cancelled, or had expired.",
        Reason.ApprovalNotEnough => "Of those who approved it, too few might do so by the catalog that was in force.",
        Reason.PolicyDenied => "No policy permitted it, or one forbade it.",
        Reason.PolicyFailed => "A policy that forbids failed, so it was denied.",
        Reason.ApprovalRequired => "The policies allowed it only with an approver's yes.",
        _ => $"The reason on record is {reason}.",
    };

    private ActionRule? Rule => then?.FindAction(_asked.Tool, _asked.Action).Rule;

    private IEnumerable<string>? Serves => past is PastDecision.Use use ? then?.FindWorkload(use.Backend)?.Serves : null;

    private string Allowed() => Whose is { } id && then?.AllowedTo(id) is { } list ? CapabilityWords.Of(list.Capabilities, _asked) : "something else";

    private string Enveloped() => task is null ? "something else" : CapabilityWords.Of(task.Envelope.Capabilities, _asked);

    private static string Known(IEnumerable<string>? names) =>
        names?.Order(StringComparer.Ordinal).ToList() is { Count: > 0 } known ? $": there were {string.Join(", ", known)}" : "";

    private static string Moment(DateTimeOffset moment) => Invariant($"{moment.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
