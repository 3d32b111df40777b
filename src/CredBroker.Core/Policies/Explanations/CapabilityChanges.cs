using System.Globalization;
using CredBroker.Core.Capabilities;
using static CredBroker.Core.Capabilities.ParameterConstraint;

namespace CredBroker.Core.Policies.Explanations;

/// <summary>Changes of what is asked for: another path, or another value of a parameter. What was left open may be given one value.</summary>
internal static class CapabilityChanges
{
    internal static IEnumerable<Change> Of(Scene scene, Literals.LiteralsByFact literals) => [.. Parameters(scene, literals), .. Paths(scene, literals)];

    private static IEnumerable<Change> Parameters(Scene scene, Literals.LiteralsByFact literals)
    {
        foreach (var (name, type) in scene.Action.Rule.Parameters.OrderBy(parameter => parameter.Key.ToString(), StringComparer.Ordinal))
        {
            string[] path = ["context", "parameters", name.ToString()];
            if (!literals.Reads(path)) continue;
            var was = scene.Question.Capability.Parameters.FirstOrDefault(bound => bound.Name == name).Constraint;
            foreach (var (other, distance) in Values(type, literals.Of(path), was))
                if (!other.Equals(was) && With(scene.Question.Capability, name, other) is { } changed)
                    yield return new(FactPaths.Text(path), Text(was, scene), Text(other, scene), $"had the parameter {name} been {Text(other, scene)} instead of {Text(was, scene)}",
                        scene.Question with { Capability = changed }, scene.Now) { Distance = distance };
        }
    }

    private static IEnumerable<(ParameterConstraint Value, decimal Distance)> Values(ParameterType type, Literals literals, ParameterConstraint? was)
    {
        switch (type)
        {
            case ParameterType.String:
                return literals.Texts.Append(OtherThan(was is StringSet { Values: [var text] } ? text : "", literals.Texts))
                    .Select(value => StringSet.TryCreate([value], out var set) ? set : null).OfType<ParameterConstraint>().Select(value => (value, 0m));
            case ParameterType.Long:
                var from = was is LongRange range ? range.Min : 0;
                return literals.Numbers.Select(number => (LongRange.TryCreate(number, number, out var only) ? only : (ParameterConstraint)new BoolValue(false), Math.Abs((decimal)number - from)));
            default:
                return [(new BoolValue(true), 0m), (new BoolValue(false), 0m)];
        }
    }

    private static IEnumerable<Change> Paths(Scene scene, Literals.LiteralsByFact literals)
    {
        if (!literals.Reads("context", "path")) yield break;
        var (was, texts) = (scene.Question.Capability.Resource.ToString(), literals.Of("context", "path").Texts);
        foreach (var text in texts.Append(OtherThan(was.TrimEnd('*', '/'), texts)))
        {
            if (text == was || !ResourcePath.TryParse(text, out var path)) continue;
            var asked = scene.Question.Capability;
            if (Capability.TryCreate(asked.Tool, asked.Action, ResourcePattern.Of(path), asked.Parameters, out var changed))
                yield return new("context.path", Changes.Quoted(was), Changes.Quoted(text), $"had the path been {Changes.Quoted(text)} instead of {Changes.Quoted(was)}",
                    scene.Question with { Capability = changed }, scene.Now);
        }
    }

    // A value that no policy speaks of.
    private static string OtherThan(string text, SortedSet<string> known)
    {
        var other = $"{text}-other";
        while (known.Contains(other)) other += "-other";
        return other;
    }

    private static Capability? With(Capability asked, ParameterName name, ParameterConstraint value) =>
        Capability.TryCreate(asked.Tool, asked.Action, asked.Resource, [.. asked.Parameters.Where(bound => bound.Name != name), new(name, value)], out var changed) ? changed : null;

    private static string Text(ParameterConstraint? constraint, Scene scene) => constraint switch
    {
        // A call leaves nothing open: what it does not name is absent.
        null => scene.Question.Phase == PolicyPhase.Authorize ? "absent" : "open",
        StringSet set => string.Join(" or ", set.Values.Select(Changes.Quoted)),
        StringPrefix prefix => $"{Changes.Quoted(prefix.Prefix)} and whatever follows",
        LongRange range when range.Min == range.Max => range.Min.ToString(CultureInfo.InvariantCulture),
        LongRange range => string.Create(CultureInfo.InvariantCulture, $"{range.Min} to {range.Max}"),
        BoolValue truth => Changes.Truth(truth.Value),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
