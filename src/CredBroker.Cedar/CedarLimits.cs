namespace CredBroker.Cedar;

/// <summary>
/// How much a policy, an entity, a context or a schema may ask for. What is over a limit is refused with an error that names it, so
/// that no input can exhaust the stack, and none takes more than time and memory proportional to its size.
/// </summary>
public static class CedarLimits
{
    /// <summary>
    /// Nesting of expressions and of values. Chains of <c>&amp;&amp;</c>, <c>||</c>, <c>+</c>, <c>-</c> and <c>*</c> are one level however long they are.
    /// A tree within it also prints to a text within it: each level needs at most one pair of parentheses.
    /// </summary>
    public const int MaxDepth = 400;

    /// <summary>Characters (UTF-16) of one text: policies, schema, entities or context. Ten thousand policies are about four million.</summary>
    public const int MaxTextLength = 64 << 20;

    /// <summary>Characters (UTF-16) of one policy's text.</summary>
    public const int MaxPolicyLength = 1 << 20;

    /// <summary>Policies, templates and links of one set, together.</summary>
    public const int MaxPolicies = 1_000_000;

    /// <summary>Elements of one set or list, entries of one record, operands of one chain, arguments of one call.</summary>
    public const int MaxElements = 1 << 17;

    /// <summary>Entities of one store.</summary>
    public const int MaxEntities = 1_000_000;

    /// <summary>
    /// Ways from an entity over one of its parents to one above that, over the whole store: what computing the hierarchy costs, which is
    /// quadratic for a long chain of entities.
    /// </summary>
    public const int MaxAncestorLinks = 8_000_000;

    /// <summary>Kinds of requests that a schema may have: for each action, the types of its principals times those of its resources.</summary>
    public const int MaxRequestKinds = 1 << 20;

    /// <summary>
    /// Levels of a JSON text. Its reader does not recurse; what is made of the levels has the limits above. JSON nests two levels for each
    /// operand of a chain: two chains, one the first operand of the other, may both be as long as chains may be.
    /// </summary>
    public const int MaxJsonDepth = (4 * MaxElements) + (4 * MaxDepth);

    /// <summary>Characters of the text of an IP address (the longest that can be valid).</summary>
    public const int MaxIpLength = 43;

    /// <summary>Errors that are reported of one input; one more says that there were others.</summary>
    public const int MaxErrors = 100;
}
