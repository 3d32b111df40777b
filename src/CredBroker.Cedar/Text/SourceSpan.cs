namespace CredBroker.Cedar.Text;

/// <summary>A stretch of a text: where a token, a policy or an expression was written.</summary>
/// <param name="Start">Index of the first character (UTF-16).</param>
/// <param name="End">Index after the last character.</param>
public readonly record struct SourceSpan(int Start, int End)
{
    /// <summary>True for what was not read from a text: made by a program.</summary>
    public bool IsNone => End == 0;

    /// <summary>Characters (UTF-16).</summary>
    public int Length => End - Start;

    /// <summary>From the start of this one to the end of the other.</summary>
    public SourceSpan To(SourceSpan other) => new(Start, other.End);
}
