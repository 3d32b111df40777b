using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace CredBroker.Cli.Output;

/// <summary>
/// Writes an answer for people. On a terminal tables have lines and wrap; in a pipe each row is one line of columns set apart by two
/// spaces, with nothing but text. Every text passes <see cref="Printable"/>.
/// </summary>
internal sealed class Page(Terminal terminal)
{
    // In a pipe nothing wraps: wider than any row that the contract's limits allow.
    private const int Unbounded = 100_000;

    /// <summary>One line.</summary>
    public void Line(string text) => terminal.Out.WriteLine(Printable.Of(text));

    /// <summary>Names and values, one to a line; those without a value are left out.</summary>
    public void Fields(params (string Name, string? Value)[] fields)
    {
        var grid = new Grid().AddColumn(Column()).AddColumn(Column());
        foreach (var (name, value) in fields)
            if (!string.IsNullOrEmpty(value)) grid.AddRow(Cell(name, Heading), Cell(value));
        if (grid.Rows.Count > 0) Write(grid);
    }

    /// <summary>Rows under headings; nothing but <paramref name="none"/> when there are no rows.</summary>
    public void Table(string none, string[] headings, IEnumerable<string[]> rows)
    {
        var table = new Table { Border = terminal.OutIsTerminal ? TableBorder.Rounded : TableBorder.None };
        foreach (var heading in headings)
            table.AddColumn(new TableColumn(Cell(heading, Heading)) { NoWrap = !terminal.OutIsTerminal, Padding = Gap });
        foreach (var row in rows) table.AddRow(row.Select(text => Cell(text)));
        if (table.Rows.Count == 0) Line(none);
        else Write(table);
    }

    /// <summary>A text with texts below it, to any depth.</summary>
    public void Tree(string root, IEnumerable<Branch> branches)
    {
        var tree = new Tree(Cell(root, Heading)) { Guide = terminal.OutIsTerminal ? TreeGuide.Line : TreeGuide.Ascii };
        Grow(tree, branches);
        Write(tree);
    }

    /// <summary>A moment as people read it: UTC, to the second.</summary>
    public static string Time(Google.Protobuf.WellKnownTypes.Timestamp? time) =>
        time?.ToDateTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    private Style Heading => terminal is { OutIsTerminal: true, MayColour: true } ? new Style(decoration: Decoration.Bold) : Style.Plain;

    private Padding? Gap => terminal.OutIsTerminal ? new Padding(1, 0, 1, 0) : new Padding(0, 0, 2, 0);

    private static GridColumn Column() => new() { NoWrap = false, Padding = new Padding(0, 0, 2, 0) };

    private static Text Cell(string text, Style? style = null) => new(Printable.Of(text), style);

    private static void Grow(IHasTreeNodes trunk, IEnumerable<Branch> branches)
    {
        foreach (var branch in branches) Grow(trunk.AddNode(Cell(branch.Text)), branch.Branches);
    }

    private void Write(IRenderable content)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var ansi = terminal is { OutIsTerminal: true, MayColour: true };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = ansi ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = ansi ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = terminal.OutIsTerminal ? terminal.Width : Unbounded;
        // Spectre takes every terminal for one without Unicode when it cannot ask it.
        console.Profile.Capabilities.Unicode = true;
        console.Write(content);
        // Spectre fills columns with spaces: at the end of a line they are noise.
        foreach (var line in text.ToString().TrimEnd().Split('\n')) terminal.Out.WriteLine(line.TrimEnd());
    }
}

/// <summary>A text in a tree, with what hangs on it.</summary>
internal sealed record Branch(string Text, IReadOnlyList<Branch> Branches)
{
    public Branch(string text) : this(text, [])
    {
    }
}
