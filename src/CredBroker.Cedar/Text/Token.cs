namespace CredBroker.Cedar.Text;

/// <summary>One word or sign, and where it is.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, int End)
{
    internal SourceSpan Span => new(Start, End);
}
