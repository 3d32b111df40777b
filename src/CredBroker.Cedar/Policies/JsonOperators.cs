using System.Text;
using CredBroker.Cedar.Json;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Policies;

/// <summary>The names that JSON has for operators and patterns.</summary>
internal static class JsonOperators
{
    internal static bool IsChain(string name) => name is "&&" or "||" or "+" or "-" or "*";

    internal static BinaryOperator? BinaryOf(string name) => name switch
    {
        "==" => BinaryOperator.Equal,
        "!=" => BinaryOperator.NotEqual,
        "<" => BinaryOperator.Less,
        "<=" => BinaryOperator.LessOrEqual,
        ">" => BinaryOperator.Greater,
        ">=" => BinaryOperator.GreaterOrEqual,
        "in" => BinaryOperator.In,
        _ => Calls.BinaryMethodOf(name),
    };

    /// <summary>A pattern: <c>"Wildcard"</c> and <c>{"Literal": …}</c>, where a star is a star; null for anything else.</summary>
    internal static LikePattern? PatternOf(JsonNode? node)
    {
        if (node is not { Kind: JsonKind.Array }) return null;
        var pieces = new List<string>();
        var piece = new StringBuilder();
        foreach (var item in node.Items)
        {
            if (item is { Kind: JsonKind.String, Text: "Wildcard" })
            {
                pieces.Add(piece.ToString());
                piece.Clear();
            }
            else if (item.Members is [{ Name: "Literal", Value.Kind: JsonKind.String } literal])
            {
                piece.Append(literal.Value.Text);
            }
            else
            {
                return null;
            }
        }

        return new([.. pieces, piece.ToString()]);
    }
}
