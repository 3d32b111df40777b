using System.Text;

namespace CredBroker.Core;

/// <summary>The words for reasons.</summary>
public static class Reasons
{
    /// <summary>Its name wherever it is written: UPPER_SNAKE_CASE, as google.rpc.ErrorInfo wants it.</summary>
    public static string Word(this Reason reason)
    {
        var name = reason.ToString();
        var upper = new StringBuilder(name.Length + 8);
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && upper.Length > 0) upper.Append('_');
            upper.Append(char.ToUpperInvariant(letter));
        }

        return upper.ToString();
    }
}
