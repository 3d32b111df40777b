using CredBroker.Cli;
using CredBroker.Cli.Output;

namespace CredBroker.Tests.Cli;

public sealed class PageTests
{
    [Fact]
    public void In_a_pipe_a_row_is_a_line_however_long_it_is()
    {
        var text = Written(new(), page => page.Table("none", ["A", "B"], [[new string('x', 5_000), "[bold]y[/]"]]));

        Assert.Equal($"A{new string(' ', 5_001)}B\n{new string('x', 5_000)}  [bold]y[/]\n", text);
    }

    [Fact]
    public void In_a_pipe_there_are_neither_colours_nor_lines()
    {
        var text = Written(new(), page =>
        {
            page.Fields(("name", "value"), ("absent", ""), ("absent too", null));
            page.Table("none", ["A"], [["b"]]);
            page.Tree("root", [new Branch("leaf"), new Branch("twig", [new Branch("leaf")])]);
        });

        Assert.Equal("name  value\nA\nb\nroot\n|-- leaf\n`-- twig\n    `-- leaf\n", text);
    }

    [Fact]
    public void On_a_terminal_tables_have_lines_and_headings_are_bold()
    {
        var text = Written(new() { Terminal = true }, page => page.Table("none", ["A"], [["b"]]));

        Assert.Contains("\e[1m", text, StringComparison.Ordinal);
        Assert.Contains("╭", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NO_COLOR", "1")]
    [InlineData("TERM", "dumb")]
    public void On_a_terminal_that_wants_no_colours_there_are_no_escapes(string name, string value)
    {
        var text = Written(new() { Terminal = true, Environment = { [name] = value } }, page => page.Table("none", ["A"], [["b"]]));

        Assert.DoesNotContain('\e', text);
        Assert.Contains("╭", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_are_coloured_on_a_terminal_only()
    {
        Assert.Equal("\e[31merror:\e[0m no\n\e[33mhint:\e[0m try\n", Failed(new() { Terminal = true }));
        Assert.Equal("error: no\nhint: try\n", Failed(new()));
        Assert.Equal("error: no\nhint: try\n", Failed(new() { Terminal = true, Environment = { ["NO_COLOR"] = "1" } }));
    }

    private static string Written(Surroundings around, Action<Page> write)
    {
        using var output = new StringWriter();
        write(new Page(TerminalOf(around, output)));
        return output.ToString();
    }

    private static string Failed(Surroundings around)
    {
        using var output = new StringWriter();
        TerminalOf(around, output).Fail("no", "try");
        return output.ToString();
    }

    private static Terminal TerminalOf(Surroundings around, TextWriter output) => new()
    {
        In = TextReader.Null,
        Out = output,
        Error = output,
        OutIsTerminal = around.Terminal,
        ErrorIsTerminal = around.Terminal,
        Environment = name => around.Environment.GetValueOrDefault(name),
    };
}
