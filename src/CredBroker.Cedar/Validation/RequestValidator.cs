using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Validation;

/// <summary>Holds requests against a schema, and reads contexts by it.</summary>
public static class RequestValidator
{
    /// <summary>Everything in a request that does not fit a schema; nothing when all does. A request that does not fit has no decision.</summary>
    public static ImmutableArray<CedarError> Validate(CedarRequest request, CedarSchema schema)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(schema);
        return [.. ProblemsWith(request, schema).Select(problem => new CedarError(null, default, problem))];
    }

    /// <summary>
    /// Reads the context of requests for an action from JSON by a schema: where it says that something is an entity or an extension value,
    /// <c>{"type", "id"}</c> or the text alone will do.
    /// </summary>
    /// <returns>
    /// False when there is any mistake; attributes that are missing, and those that there should not be, are mistakes. Whether the others
    /// have the right types is for <see cref="Validate"/> to say.
    /// </returns>
    public static bool TryParseContext(
        SourceText json, CedarSchema schema, EntityUid action, [NotNullWhen(true)] out CedarRecord? context, out ImmutableArray<CedarError> errors)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(action);
        context = null;
        errors = [];
        var problem = schema.Actions.TryGetValue(action, out var known) ? null : $"the schema has no action {Quoting.Code(action.ToString())}";
        if (known is not null && ContextReader.TryParse(json, new SchemaShapes(schema).Of(known.Context), out context, out errors))
            problem = new ValueConformance(schema, isLoose: true).ProblemWith(context, known.Context, "of the context ");
        if (problem is null) return context is not null;
        context = null;
        errors = [new(json, default, problem)];
        return false;
    }

    /// <summary>What in a context does not fit what a schema says of an action's requests; null when all does.</summary>
    public static CedarError? ValidateContext(CedarRecord context, CedarSchema schema, EntityUid action)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(action);
        return ProblemWithContext(context, schema, action) is { } problem ? new CedarError(null, default, problem) : null;
    }

    private static IEnumerable<string> ProblemsWith(CedarRequest request, CedarSchema schema)
    {
        var values = new ValueConformance(schema);
        foreach (var uid in new[] { request.Principal, request.Resource })
            if (values.ProblemWith(uid) is { } problem) yield return problem;
        if (schema.Actions.TryGetValue(request.Action, out var action))
        {
            var name = Quoting.Code(request.Action.ToString());
            if (!action.Principals.Contains(request.Principal.Type)) yield return $"{name} is not for principals of the type {Quoting.Code(request.Principal.Type.Name)}";
            if (!action.Resources.Contains(request.Resource.Type)) yield return $"{name} is not for resources of the type {Quoting.Code(request.Resource.Type.Name)}";
        }

        if (ProblemWithContext(request.Context, schema, request.Action) is { } wrong) yield return wrong;
    }

    private static string? ProblemWithContext(CedarRecord context, CedarSchema schema, EntityUid action) => schema.Actions.TryGetValue(action, out var known)
        ? new ValueConformance(schema).ProblemWith(context, known.Context, "of the context ")
        : $"the schema has no action {Quoting.Code(action.ToString())}";
}
