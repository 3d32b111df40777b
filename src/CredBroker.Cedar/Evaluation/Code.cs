using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Evaluation;

/// <summary>
/// An expression, made ready to be evaluated often. Evaluation allocates nothing but sets, records and addresses that the expression
/// itself makes at run time.
/// </summary>
internal abstract class Code(SourceSpan span)
{
    internal SourceSpan Span => span;

    /// <summary>The value; <c>default</c> when there is none, and the frame says why.</summary>
    internal abstract CedarValue Evaluate(ref Frame frame);
}
