using System.Globalization;
using CredBroker.Core.Capabilities;
using static CredBroker.Core.Capabilities.ParameterConstraint;

namespace CredBroker.Core.Catalog;

/// <summary>Says a constraint as a catalog would write it.</summary>
internal static class ConstraintWords
{
    internal static string Of(ParameterConstraint constraint) => constraint switch
    {
        StringSet set => $"one of {string.Join(", ", set.Values.Select(Quoting.Quote))}",
        StringPrefix prefix => $"text that starts with {Quoting.Quote(prefix.Prefix)}",
        LongRange range => string.Create(CultureInfo.InvariantCulture, $"{range.Min} to {range.Max}"),
        BoolValue value => value.Value ? "true" : "false",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
