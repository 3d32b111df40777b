using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using CredBroker.Core;
using CredBroker.Core.Catalog;
using CredBroker.Core.Policies.Testing;

namespace CredBroker.Cli.Output;

/// <summary>What came of example requests, for people and for programs.</summary>
/// <param name="catalog">The catalog that they were answered by.</param>
/// <param name="folder">Its folder's path, put before the names of files.</param>
internal sealed class PolicyTestPage(BrokerCatalog catalog, string folder)
{
    /// <summary>A line for each case; under one that failed, what is different, and where to look.</summary>
    public void Show(Page page, ImmutableArray<PolicyTestResult> results)
    {
        foreach (var result in results)
        {
            if (result.Passed) page.Line($"ok    {result.Case.Name}: {Answer(result.Was)}");
            else Show(page, result);
        }

        if (Idle(results) is { IsEmpty: false } idle) page.Line($"no case is decided by: {string.Join(", ", idle)}");
        if (results.All(result => result.Passed)) page.Line($"{results.Length} {(results.Length == 1 ? "case" : "cases")}, all answered as expected");
    }

    /// <summary>All there is to say of each case.</summary>
    public JsonObject Json(ImmutableArray<PolicyTestResult> results) => new()
    {
        ["passed"] = results.Count(result => result.Passed),
        ["failed"] = results.Count(result => !result.Passed),
        ["cases"] = new JsonArray([.. results.Select(Json)]),
        ["idle_policies"] = Texts(Idle(results)),
        ["problems"] = new JsonArray(),
    };

    private void Show(Page page, PolicyTestResult result)
    {
        page.Line($"FAIL  {result.Case.Name}");
        foreach (var difference in result.Differences) page.Line($"      {difference}");
        if (Why(result.Was) is { } why) page.Line($"      why: {why}");
        page.Line($"      case: {In(result.Case.At)}");
        foreach (var policy in result.Was.By)
            if (catalog.Policies.PlaceOf(policy) is { } at) page.Line($"      decided by {policy}: {In(at)}");
        foreach (var failure in result.Was.Failed) page.Line($"      failed: {failure}");
    }

    private static string Answer(PolicyTestAnswer was) =>
        was.By.IsEmpty && Why(was) is { } why ? $"{was.Outcome.Word()}, {why}" : was.By.IsEmpty ? was.Outcome.Word() : $"{was.Outcome.Word()} by {string.Join(", ", was.By)}";

    // A denial by policies that no policy speaks for is the usual one, and needs no words.
    private static string? Why(PolicyTestAnswer was) => was switch
    {
        { Reason: null } => null,
        { Detail: { } detail } => $"{was.Reason.Value.Word()}: {detail}",
        { Reason: Reason.PolicyDenied, By.IsEmpty: true } => "no policy permits it",
        { Reason: Reason.PolicyDenied } => null,
        _ => was.Reason.Value.Word(),
    };

    private ImmutableArray<string> Idle(ImmutableArray<PolicyTestResult> results)
    {
        var busy = results.SelectMany(result => result.Was.By).ToHashSet(StringComparer.Ordinal);
        return [.. catalog.Policies.Names.Where(name => !busy.Contains(name)).Order(StringComparer.Ordinal)];
    }

    private JsonNode Json(PolicyTestResult result) => new JsonObject
    {
        ["name"] = result.Case.Name,
        ["file"] = result.Case.At.File,
        ["line"] = result.Case.At.Line,
        ["column"] = result.Case.At.Column,
        ["passed"] = result.Passed,
        ["differences"] = Texts(result.Differences),
        ["expected"] = result.Case.Expected.Outcome.Word(),
        ["answer"] = Json(result.Was),
    };

    private static JsonObject Json(PolicyTestAnswer was) => new()
    {
        ["outcome"] = was.Outcome.Word(),
        ["by"] = Texts(was.By),
        ["reason"] = was.Reason?.Word(),
        ["detail"] = was.Detail,
        ["approvers"] = Texts(was.Approvers),
        ["quorum"] = was.Quorum,
        ["max_ttl"] = was.MaxTimeToLive is { } life ? string.Create(CultureInfo.InvariantCulture, $"{life.TotalSeconds:0}s") : null,
        ["single_use"] = was.SingleUse,
        ["obligations"] = Texts(was.Obligations),
        ["failed"] = Texts(was.Failed),
    };

    private static JsonArray Texts(ImmutableArray<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private string In(SourcePosition at) => string.Create(CultureInfo.InvariantCulture, $"{Path.Combine(folder, at.File)}:{at.Line}:{at.Column}");
}
