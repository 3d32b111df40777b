using System.Collections.Frozen;
using System.Collections.Immutable;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Extensions;

/// <summary>All functions of the extension types: a row for each. A policy that calls another name does not parse.</summary>
public static class ExtensionFunctions
{
    private static readonly ExtensionFunction[] s_rows = [.. DecimalFunctions.Rows, .. IpFunctions.Rows, .. DatetimeFunctions.Rows, .. DurationFunctions.Rows];

    private static readonly FrozenDictionary<string, ExtensionFunction> s_byName = s_rows.ToFrozenDictionary(row => row.Name);

    /// <summary>All of them.</summary>
    public static ImmutableArray<ExtensionFunction> All { get; } = [.. s_rows];

    /// <summary>The function of a name; null when there is none. No function and method have the same name.</summary>
    public static ExtensionFunction? Find(string name) => s_byName.GetValueOrDefault(name);

    /// <summary>The function that makes a value of an extension's kind from a text; null for every other kind.</summary>
    internal static ExtensionFunction? ConstructorOf(ValueKind kind) => Array.Find(s_rows, row => row.IsConstructor && row.Result == kind);

    internal static ExtensionFunction Constructor<T>(string name, ValueKind result, Parser<T> parse, Func<T, CedarValue> wrap, string form) =>
        new(name, isMethod: false, [ValueKind.String], result, $"the text is not {form}", (text, _) =>
            text.TryGet(out string? characters) && parse(characters, out var value) && value is not null ? wrap(value) : default);

    internal static ExtensionFunction Method(string name, ImmutableArray<ValueKind> parameters, ValueKind result, Func<CedarValue, CedarValue, CedarValue> body) =>
        new(name, isMethod: true, parameters, result, "the result is out of range", body);

    /// <summary>The shape of all <c>TryParse</c> of this folder.</summary>
    internal delegate bool Parser<T>(string? text, out T? value);
}
