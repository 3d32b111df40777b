namespace CredBroker.Cedar.Fuzz.Policies;

/// <summary>How tight an expression holds together: one that is looser than its place allows needs parentheses.</summary>
internal enum Tightness
{
    Conditional,
    Or,
    And,
    Relation,
    Sum,
    Product,
    Unary,
    Member,
}

/// <summary>The text of an expression.</summary>
internal readonly record struct Fragment(string Text, Tightness Tightness)
{
    public static Fragment Member(string text) => new(text, Tightness.Member);

    public static Fragment Relation(string text) => new(text, Tightness.Relation);

    /// <summary>As an operand of what needs this tightness.</summary>
    public string In(Tightness place) => Tightness >= place ? Text : $"({Text})";

    public override string ToString() => Text;
}
