using System.Globalization;
using System.Text;
using CredBroker.Core.Catalog;
using CredBroker.Core.Catalog.Yaml;
using CredBroker.Tests.Identity;

namespace CredBroker.Tests.Catalog.Yaml;

/// <summary>
/// Random documents, written in random styles, read back: the same tree, and every key and value where the text has it. Each word
/// occurs once, so its place can be looked up in the text.
/// </summary>
public sealed class YamlPositionTests
{
    [Theory]
    [InlineData(11UL)]
    [InlineData(12UL)]
    [InlineData(13UL)]
    public void What_is_written_is_read_at_its_place(ulong seed)
    {
        for (var i = 0; i < 300; i++)
        {
            var writer = new RandomDocument(new Mutations(unchecked((seed * 1_000) + (ulong)i)));
            var text = writer.Write();
            var errors = new CatalogErrors();

            var root = YamlReader.Read("f", Encoding.UTF8.GetBytes(text), errors);

            Assert.True(root is not null && errors.InReadingOrder().Count == 0, $"{text}\n{string.Join('\n', errors.InReadingOrder())}");
            Assert.Equal(writer.Shape, ShapeOf(root, text));
        }
    }

    /// <summary>The tree in one line, while every place is checked.</summary>
    private static string ShapeOf(YamlNode node, string text) => node switch
    {
        YamlNode.Scalar scalar => At(scalar.Text, scalar.At, text, quoted: !scalar.IsPlain),
        YamlNode.Sequence sequence => $"[{string.Join(' ', sequence.Items.Select(i => ShapeOf(i, text)))}]",
        YamlNode.Mapping mapping => $"{{{string.Join(' ', mapping.Entries.Select(e => At(e.Key, e.KeyAt, text, quoted: false) + "=" + ShapeOf(e.Value, text)))}}}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string At(string word, SourcePosition at, string text, bool quoted)
    {
        var index = text.IndexOf(word, StringComparison.Ordinal) - (quoted ? 1 : 0);
        var before = text[..index];
        var line = before.Count(c => c == '\n') + 1;
        var column = index - before.LastIndexOf('\n');
        Assert.True((at.Line, at.Column) == (line, column), $"{word} is at {line}:{column}, not {at.Line}:{at.Column}, in\n{text}");
        return word;
    }

    private sealed class RandomDocument(Mutations random)
    {
        private readonly StringBuilder text = new();
        private readonly StringBuilder shape = new();
        private int words;

        public string Shape => shape.ToString();

        public string Write()
        {
            Comments();
            Block(indent: 0, depth: 0);
            return text.ToString();
        }

        private void Block(int indent, int depth)
        {
            var isMapping = random.Next(2) == 0;
            var count = 1 + random.Next(4);
            shape.Append(isMapping ? '{' : '[');
            for (var i = 0; i < count; i++)
            {
                if (i > 0)
                    shape.Append(' ');
                text.Append(' ', indent);
                if (isMapping)
                {
                    text.Append(Word()).Append(':');
                    shape.Append('=');
                }
                else
                {
                    text.Append('-');
                }
                Value(indent, depth);
            }
            shape.Append(isMapping ? '}' : ']');
        }

        /// <summary>After a colon or dash: on the line in flow style, or below it as a block.</summary>
        private void Value(int indent, int depth)
        {
            if (depth < 4 && random.Next(3) == 0)
            {
                text.Append(random.Next(2) == 0 ? "  # why\n" : "\n");
                Comments();
                Block(indent + 1 + random.Next(4), depth + 1);
                return;
            }
            text.Append(' ', 1 + random.Next(3));
            Flow(depth);
            text.Append(random.Next(4) == 0 ? " # because\n" : "\n");
            Comments();
        }

        private void Flow(int depth)
        {
            var kind = depth < 6 ? random.Next(5) : 0;
            switch (kind)
            {
                case 3: Items('[', ']', depth, isMapping: false); break;
                case 4: Items('{', '}', depth, isMapping: true); break;
                default:
                    var quote = kind switch { 1 => "'", 2 => "\"", _ => "" };
                    text.Append(quote).Append(Word()).Append(quote);
                    break;
            }
        }

        private void Items(char open, char close, int depth, bool isMapping)
        {
            text.Append(open);
            shape.Append(open);
            for (var left = random.Next(4); left > 0; left--)
            {
                text.Append(' ', random.Next(3));
                if (isMapping)
                {
                    text.Append(Word()).Append(": ");
                    shape.Append('=');
                }
                Flow(depth + 1);
                text.Append(' ', random.Next(2)).Append(left > 1 ? ", " : "");
                shape.Append(left > 1 ? " " : "");
            }
            text.Append(close);
            shape.Append(close);
        }

        private void Comments()
        {
            if (random.Next(5) == 0)
                text.Append("# a comment: [with, {signs}]\n");
            if (random.Next(5) == 0)
                text.Append('\n');
        }

        private string Word()
        {
            // The full stop keeps w1 from being found inside w10.
            var word = string.Create(CultureInfo.InvariantCulture, $"w{words++}.");
            shape.Append(word);
            return word;
        }
    }
}
