using CredBroker.Core.Identity;

namespace CredBroker.Core.Policies.Explanations;

/// <summary>
/// The changes of single facts that are worth asking about: facts that some policy in scope looks at, changed to values at which the
/// policies' answers may turn. Always in the same order, the likeliest first. Not the intent and the initiator, which are an agent's
/// words, and not the phase: nobody can have them otherwise.
/// </summary>
internal static class Changes
{
    internal static IEnumerable<Change> Of(Scene scene)
    {
        var literals = Literals.Of(scene.InScope.Select(policy => policy.Value));
        return Approved(scene, literals).Concat(HistoryChanges.Of(scene, literals)).Concat(TaskChanges.Of(scene, literals))
            .Concat(Attested(scene, literals)).Concat(CapabilityChanges.Of(scene, literals)).Concat(TaskChanges.OfNow(scene, literals));
    }

    private static IEnumerable<Change> Approved(Scene scene, Literals.LiteralsByFact literals)
    {
        var question = scene.Question;
        if (!literals.Reads("context", "approved")) yield break;
        yield return new("context.approved", Truth(question.Approved), Truth(!question.Approved),
            question.Approved ? "had no approver said yes" : "had an approver said yes", question with { Approved = !question.Approved }, scene.Now);
    }

    private static IEnumerable<Change> Attested(Scene scene, Literals.LiteralsByFact literals)
    {
        if (!literals.Reads("principal", "attested_by")) yield break;
        var was = scene.Question.AttestedBy.Word();
        foreach (var kind in Enum.GetValues<EvidenceKind>().Where(kind => kind != scene.Question.AttestedBy))
            yield return new("principal.attested_by", Quoted(was), Quoted(kind.Word()), $"had the workload been attested by {kind.Word()} instead of {was}",
                scene.Question with { AttestedBy = kind }, scene.Now);
    }

    internal static string Truth(bool value) => value ? "true" : "false";

    internal static string Quoted(string text) => Cedar.Values.CedarValue.Of(text).ToString();
}
