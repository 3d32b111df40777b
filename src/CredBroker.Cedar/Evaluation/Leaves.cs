using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Evaluation;

/// <summary>A value that does not depend on the request.</summary>
internal sealed class Constant(CedarValue value, SourceSpan span) : Code(span)
{
    internal CedarValue Value => value;

    internal override CedarValue Evaluate(ref Frame frame) => value;
}

/// <summary>A part of the request.</summary>
internal sealed class RequestPart(RequestVariable variable, SourceSpan span) : Code(span)
{
    internal override CedarValue Evaluate(ref Frame frame) => variable switch
    {
        RequestVariable.Principal => CedarValue.Of(frame.Principal),
        RequestVariable.Action => CedarValue.Of(frame.Action),
        RequestVariable.Resource => CedarValue.Of(frame.Resource),
        _ => frame.Context,
    };
}
