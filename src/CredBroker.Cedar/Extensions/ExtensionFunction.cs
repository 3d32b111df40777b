using System.Collections.Immutable;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Extensions;

/// <summary>A function of an extension type: what it is called, what it takes, what it gives.</summary>
public sealed class ExtensionFunction
{
    private readonly Func<CedarValue, CedarValue, CedarValue> _body;

    internal ExtensionFunction(string name, bool isMethod, ImmutableArray<ValueKind> parameters, ValueKind result, string problem, Func<CedarValue, CedarValue, CedarValue> body) =>
        (Name, IsMethod, Parameters, Result, Problem, _body) = (name, isMethod, parameters, result, problem, body);

    /// <summary>
    /// A function that does not exist. Only the JSON of a policy can call one, within a value: the call fails whenever it is evaluated, and is
    /// invalid by every schema.
    /// </summary>
    internal static ExtensionFunction Unknown(string name) => new(name, isMethod: false, [], ValueKind.Bool, "", (_, _) => default);

    /// <summary>False for a name that no extension has.</summary>
    public bool IsKnown => !Parameters.IsEmpty;

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>True when it is called after a dot: its first argument stands before.</summary>
    public bool IsMethod { get; }

    /// <summary>True when it makes a value of an extension type from a text.</summary>
    public bool IsConstructor => Parameters is [ValueKind.String];

    /// <summary>The kinds of its arguments, one or two; none when it does not exist.</summary>
    public ImmutableArray<ValueKind> Parameters { get; }

    /// <summary>The kind of its result.</summary>
    public ValueKind Result { get; }

    /// <summary>What is wrong when it has no result.</summary>
    internal string Problem { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>Applies it to arguments whose kinds were checked; <c>default</c> when it has no result for them: see <see cref="Problem"/>.</summary>
    internal CedarValue Apply(CedarValue first, CedarValue second = default) => _body(first, second);
}
