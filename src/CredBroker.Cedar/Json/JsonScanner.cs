using System.Globalization;
using System.Text;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Json;

/// <summary>The words of JSON: strings, numbers, signs; white space between them is skipped.</summary>
internal sealed class JsonScanner(ErrorList errors)
{
    private readonly string _text = errors.Source.Text;
    private int _at;

    internal bool IsAtEnd => _at == _text.Length;

    /// <summary>The next character that is not white space; NUL at the end.</summary>
    internal char Peek() => _text.Length == At() ? '\0' : _text[_at];

    /// <summary>Where the next character is that is not white space.</summary>
    internal int At()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t' or '\n' or '\r') _at++;
        return _at;
    }

    internal SourceSpan From(int start) => new(start, _at);

    internal bool TryTake(char sign)
    {
        if (Peek() != sign || IsAtEnd) return false;
        _at++;
        return true;
    }

    internal bool TryTakeWord(string word)
    {
        if (!_text.AsSpan(At()).StartsWith(word)) return false;
        _at += word.Length;
        return true;
    }

    /// <summary>Complains about the next character. Always false.</summary>
    internal bool Fail(string expected)
    {
        var found = Peek();
        errors.Add(new(_at, Math.Min(_at + 1, _text.Length)), IsAtEnd ? "the text ends here" : $"unexpected {Quoting.Code([found])}", expected);
        return false;
    }

    internal bool TryReadNumber(out string digits)
    {
        var start = At();
        if (_text[_at] == '-') _at++;
        var isWhole = TakeDigits(out var count) && (count == 1 || _text[_at - count] != '0');
        var isNumber = isWhole && (!TakeOne(".") || TakeDigits(out _));
        if (isNumber && TakeOne("eE"))
        {
            TakeOne("+-");
            isNumber = TakeDigits(out _);
        }

        digits = _text[start.._at];
        isNumber = isNumber && IsFinite(digits);
        if (!isNumber) errors.Add(From(start), $"{Quoting.Code(digits)} is not a number", "digits without a leading zero, as JSON writes numbers");
        return isNumber;
    }

    /// <summary>No value is so large, but what nothing looks at is refused too, as by every reader that has 64 bits for a number.</summary>
    private static bool IsFinite(string digits) =>
        digits.Length < 300 && !digits.AsSpan().ContainsAny('e', 'E') || double.IsFinite(double.Parse(digits, CultureInfo.InvariantCulture));

    internal bool TryReadString(out string value)
    {
        var start = ++_at;
        var plain = _text.AsSpan(start).IndexOfAny('"', '\\');
        value = "";
        if (plain >= 0 && _text[start + plain] == '"' && _text.AsSpan(start, plain).IndexOfAnyInRange('\0', '\u001f') < 0)
        {
            value = _text.Substring(start, plain);
            _at += plain + 1;
            return true;
        }

        var unescaped = new StringBuilder();
        for (; _at < _text.Length && _text[_at] != '"'; _at++)
        {
            if (_text[_at] < ' ') return FailBare("characters below U+0020 written as escapes");
            if (_text[_at] != '\\')
                unescaped.Append(_text[_at]);
            else if (!TryEscape(unescaped))
                return FailBare("`\\\"`, `\\\\`, `\\/`, `\\b`, `\\f`, `\\n`, `\\r`, `\\t`, or `\\u` and four digits, of surrogates a pair");
        }

        if (_at++ >= _text.Length) return FailBare("`\"` at the end of the string");
        value = unescaped.ToString();
        return true;
    }

    private bool FailBare(string expected)
    {
        _at = Math.Min(_at, _text.Length);
        errors.Add(new(_at, Math.Min(_at + 1, _text.Length)), _at == _text.Length ? "the text ends here" : $"unexpected {Quoting.Code(_text.AsSpan(_at, 1))}", expected);
        return false;
    }

    /// <summary>Reads the escape at the backslash; ends on its last character.</summary>
    private bool TryEscape(StringBuilder output)
    {
        char? simple = (_at + 1 < _text.Length ? _text[_at + 1] : '\0') switch
        {
            '"' => '"',
            '\\' => '\\',
            '/' => '/',
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => null,
        };
        if (simple is { } c)
        {
            output.Append(c);
            _at++;
            return true;
        }

        if (HexEscape(_at) is not { } unit) return false;
        if (char.IsSurrogate(unit))
        {
            if (HexEscape(_at + 6) is not { } low || !char.IsSurrogatePair(unit, low)) return false;
            output.Append(unit).Append(low);
            _at += 11;
            return true;
        }

        output.Append(unit);
        _at += 5;
        return true;
    }

    private char? HexEscape(int at)
    {
        if (at + 6 > _text.Length || _text[at] != '\\' || _text[at + 1] != 'u') return null;
        var digits = _text.AsSpan(at + 2, 4);
        // The platform's reader takes NULs behind the digits.
        foreach (var c in digits)
            if (!char.IsAsciiHexDigit(c)) return null;
        return (char)ushort.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    private bool TakeDigits(out int count)
    {
        var start = _at;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at])) _at++;
        count = _at - start;
        return count > 0;
    }

    private bool TakeOne(string signs)
    {
        if (_at == _text.Length || !signs.Contains(_text[_at], StringComparison.Ordinal)) return false;
        _at++;
        return true;
    }
}
