using System.Collections.Immutable;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Extensions;

/// <summary>A function of an extension type: what it is called, what it takes, what it gives.</summary>
public sealed class ExtensionFunction
{
    private readonly Body _body;

    internal ExtensionFunction(string name, bool isMethod, ImmutableArray<ValueKind> parameters, ValueKind result, Body body) =>
        (Name, IsMethod, Parameters, Result, _body) = (name, isMethod, parameters, result, body);

    /// <summary>What it does with arguments of the right kinds; <c>default</c>, and the problem, when it has no result for them.</summary>
    internal delegate CedarValue Body(CedarValue first, CedarValue second, out string? problem);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>True when it is called after a dot: its first argument stands before.</summary>
    public bool IsMethod { get; }

    /// <summary>True when it makes a value of an extension type from a text.</summary>
    public bool IsConstructor => Parameters is [ValueKind.String];

    /// <summary>The kinds of its arguments, one or two.</summary>
    public ImmutableArray<ValueKind> Parameters { get; }

    /// <summary>The kind of its result.</summary>
    public ValueKind Result { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>Applies it to arguments whose kinds were checked.</summary>
    internal CedarValue Apply(CedarValue first, CedarValue second, out string? problem) => _body(first, second, out problem);
}
