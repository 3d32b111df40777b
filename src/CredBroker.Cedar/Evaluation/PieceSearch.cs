namespace CredBroker.Cedar.Evaluation;

/// <summary>
/// Finds a piece of a pattern in a text. The platform's search is the fastest for short pieces, but may compare each character of the
/// text with all of the piece; for longer ones that is bounded by the method of Knuth, Morris and Pratt.
/// </summary>
internal sealed class PieceSearch
{
    private const int Short = 16;

    private readonly string _piece;

    // For each length of a matched beginning: how much of it is still matched when the next character does not fit.
    private readonly int[] _fallback;

    internal PieceSearch(string piece)
    {
        (_piece, _fallback) = (piece, piece.Length > Short ? new int[piece.Length] : []);
        for (int at = 1, matched = 0; at < _fallback.Length; at++)
        {
            while (matched > 0 && piece[at] != piece[matched]) matched = _fallback[matched - 1];
            if (piece[at] == piece[matched]) matched++;
            _fallback[at] = matched;
        }
    }

    internal int Length => _piece.Length;

    internal int IndexIn(ReadOnlySpan<char> text)
    {
        if (_piece.Length <= Short) return text.IndexOf(_piece);
        for (int at = 0, matched = 0; at < text.Length; at++)
        {
            while (matched > 0 && text[at] != _piece[matched]) matched = _fallback[matched - 1];
            if (text[at] == _piece[matched] && ++matched == _piece.Length) return at + 1 - matched;
        }

        return -1;
    }
}
