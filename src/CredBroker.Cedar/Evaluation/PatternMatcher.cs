using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Evaluation;

/// <summary>
/// Matches in time proportional to text and pattern: each piece is taken at the first place where it stands, which never needs to be
/// taken back, since the wildcard behind it can only be given more.
/// </summary>
internal sealed class PatternMatcher
{
    private readonly string[] _pieces;
    private readonly PieceSearch[] _middle;

    internal PatternMatcher(LikePattern pattern)
    {
        _pieces = [.. pattern.Pieces];
        _middle = _pieces.Length > 2 ? [.. _pieces[1..^1].Where(piece => piece.Length > 0).Select(piece => new PieceSearch(piece))] : [];
    }

    internal bool IsMatch(ReadOnlySpan<char> text)
    {
        if (_pieces.Length == 1) return text.SequenceEqual(_pieces[0]);
        if (!text.StartsWith(_pieces[0])) return false;
        text = text[_pieces[0].Length..];
        if (!text.EndsWith(_pieces[^1])) return false;
        text = text[..^_pieces[^1].Length];
        foreach (var piece in _middle)
        {
            var at = piece.IndexIn(text);
            if (at < 0) return false;
            text = text[(at + piece.Length)..];
        }

        return true;
    }
}
