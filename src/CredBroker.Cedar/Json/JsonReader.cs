using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Json;

/// <summary>
/// Reads JSON (RFC 8259) with the place of everything; refuses names that are there twice, half surrogate pairs and trailing text. Does
/// not recurse, whatever the nesting.
/// </summary>
internal sealed class JsonReader
{
    private readonly ErrorList _errors;
    private readonly JsonScanner _scanner;
    private readonly Stack<Open> _open = new();
    private JsonNode? _root;
    private bool _isOpening;

    private JsonReader(ErrorList errors) => (_errors, _scanner) = (errors, new(errors));

    /// <summary>The value of a text; null, with an error, when it is not one.</summary>
    internal static JsonNode? Read(ErrorList errors)
    {
        if (errors.Source.Text.Length > CedarLimits.MaxTextLength)
            errors.Add(default, "this text is too long", $"{Expected.AtMost(CedarLimits.MaxTextLength)} characters");
        else if (errors.Source.IndexOfLoneSurrogate() is >= 0 and var lone)
            errors.Add(new(lone, lone + 1), "half a surrogate pair is not a character", "well-formed Unicode text");
        else if (new JsonReader(errors) is var reader && reader.ReadAll())
            return reader._root;
        return null;
    }

    private bool ReadAll()
    {
        while (_root is null || _open.Count > 0)
        {
            if (!ReadValue() || (!_isOpening && !CloseAll())) return false;
            _isOpening = false;
        }

        _scanner.At();
        return _scanner.IsAtEnd || _scanner.Fail("the end of the text");
    }

    /// <summary>A value, or the start of an array or object that is not empty; then what comes next is inside.</summary>
    private bool ReadValue()
    {
        if (_open.TryPeek(out var inside) && inside.Members is not null && !ReadName(inside)) return false;
        var start = _scanner.At();
        switch (_scanner.Peek())
        {
            case '{' or '[':
                return TryOpen(start);
            case '"':
                return _scanner.TryReadString(out var text) && Add(new(JsonKind.String, _scanner.From(start), text));
            case '-' or (>= '0' and <= '9'):
                return _scanner.TryReadNumber(out var digits) && Add(new(JsonKind.Number, _scanner.From(start), digits));
            default:
                return ReadWord(start);
        }
    }

    private bool ReadWord(int start)
    {
        if (_scanner.TryTakeWord("true")) return Add(new(JsonKind.True, _scanner.From(start)));
        if (_scanner.TryTakeWord("false")) return Add(new(JsonKind.False, _scanner.From(start)));
        return _scanner.TryTakeWord("null") ? Add(new(JsonKind.Null, _scanner.From(start))) : _scanner.Fail("a JSON value");
    }

    private bool TryOpen(int start)
    {
        if (_open.Count == CedarLimits.MaxJsonDepth) return _scanner.Fail($"{Expected.AtMost(CedarLimits.MaxJsonDepth)} levels");
        var isObject = _scanner.TryTake('{');
        if (!isObject) _scanner.TryTake('[');
        var open = new Open(start, isObject);
        if (_scanner.TryTake(isObject ? '}' : ']')) return Add(open.Close(_scanner.From(start)));
        _open.Push(open);
        return _isOpening = true;
    }

    private bool ReadName(Open inside)
    {
        var start = _scanner.At();
        if (_scanner.Peek() != '"') return _scanner.Fail("a name in double quotes");
        if (!_scanner.TryReadString(out var name)) return false;
        var span = _scanner.From(start);
        if (!inside.TryName(name, span))
        {
            _errors.Add(span, $"the name {Quoting.Code(name)} is there twice");
            return false;
        }

        return _scanner.TryTake(':') || _scanner.Fail("`:`");
    }

    private bool Add(JsonNode node)
    {
        if (!_open.TryPeek(out var inside))
            _root = node;
        else
            inside.Add(node);
        return true;
    }

    /// <summary>After a value: ends what it was the last of. True when another value follows, or the text is complete.</summary>
    private bool CloseAll()
    {
        while (_open.TryPeek(out var inside))
        {
            if (_scanner.TryTake(',')) return true;
            var isObject = inside.Members is not null;
            if (!_scanner.TryTake(isObject ? '}' : ']')) return _scanner.Fail(isObject ? "`,` or `}`" : "`,` or `]`");
            _open.Pop();
            Add(inside.Close(_scanner.From(inside.Start)));
        }

        return true;
    }

    /// <summary>An array or object whose end was not read yet.</summary>
    private sealed class Open(int start, bool isObject)
    {
        // Up to so many names are compared one by one.
        private const int Few = 8;

        private readonly List<JsonNode>? _items = isObject ? null : [];
        private HashSet<string>? _names;
        private string _name = "";
        private SourceSpan _nameSpan;

        internal int Start => start;

        internal List<JsonMember>? Members { get; } = isObject ? [] : null;

        /// <summary>Sets the name of the next member; false when there is one of this name.</summary>
        internal bool TryName(string name, SourceSpan span)
        {
            (_name, _nameSpan) = (name, span);
            if (Members is null) return false;
            if (Members.Count < Few) return Members.TrueForAll(member => member.Name != name);
            _names ??= [.. Members.Select(member => member.Name)];
            return _names.Add(name);
        }

        internal void Add(JsonNode node)
        {
            _items?.Add(node);
            Members?.Add(new(_name, _nameSpan, node));
        }

        internal JsonNode Close(SourceSpan span) => Members is null ? new(span, _items ?? []) : new(span, Members);
    }
}
