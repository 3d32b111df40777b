using System.Globalization;

namespace CredBroker.Cedar.Text;

/// <summary>A place in a text, for people and editors.</summary>
/// <param name="File">The name that the text was given.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column in UTF-16 code units, from 1.</param>
public readonly record struct SourceLocation(string File, int Line, int Column)
{
    /// <summary><c>file:line:column</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}");
}
