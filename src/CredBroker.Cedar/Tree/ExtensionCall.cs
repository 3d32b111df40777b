using System.Collections.Immutable;
using CredBroker.Cedar.Extensions;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tree;

/// <summary><c>ip("10.0.0.1")</c>, or <c>a.isInRange(b)</c>: a function of an extension type; a method's first argument stands before the dot.</summary>
public sealed class ExtensionCall(ExtensionFunction function, ImmutableArray<Expression> arguments, SourceSpan span = default)
    : Expression(span, Trees.Above(arguments.AsSpan()), Trees.Hash(HashCode.Combine(nameof(ExtensionCall), function.Name), arguments))
{
    /// <summary>What is called.</summary>
    public ExtensionFunction Function { get; } = function;

    /// <summary>The arguments, as many as were written: a wrong number is an error when the call is evaluated, and when it is validated.</summary>
    public ImmutableArray<Expression> Arguments { get; } = arguments;

    /// <inheritdoc/>
    public override IEnumerable<Expression> Children => Arguments;

    private protected override bool IsSameAs(Expression other) =>
        other is ExtensionCall call && Function.Name == call.Function.Name && Trees.AreSame(Arguments, call.Arguments);
}
