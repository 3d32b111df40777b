namespace CredBroker.Cli;

/// <summary>What a command may read from and write to: the process's own streams, or those of a test.</summary>
internal sealed class Terminal
{
    public required TextReader In { get; init; }

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>True when a person can be asked.</summary>
    public bool InIsTerminal { get; init; }

    /// <summary>True when a person reads along: tables may have lines and fit the width.</summary>
    public bool OutIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>Columns; used only when <see cref="OutIsTerminal"/>.</summary>
    public int Width { get; init; } = 80;

    /// <summary>Environment variables by name.</summary>
    public Func<string, string?> Environment { get; init; } = _ => null;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>False where colours are not wanted (no-color.org) or would not be understood.</summary>
    public bool MayColour => string.IsNullOrEmpty(Environment("NO_COLOR")) && Environment("TERM") is not "dumb";

    /// <summary>The process's own streams.</summary>
    public static Terminal OfProcess() => new()
    {
        In = Console.In,
        Out = Console.Out,
        Error = Console.Error,
        InIsTerminal = !Console.IsInputRedirected,
        OutIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Width = Console.IsOutputRedirected || Console.WindowWidth < 40 ? 80 : Console.WindowWidth,
        Environment = System.Environment.GetEnvironmentVariable,
    };

    /// <summary>Says what went wrong, and if something can be done about it, what.</summary>
    public void Fail(string error, string? hint = null)
    {
        Say("error", "\e[31m", error);
        if (hint is not null) Say("hint", "\e[33m", hint);
    }

    /// <summary>Says something beside the answer, which has standard output for itself.</summary>
    public void Note(string text) => Error.WriteLine(Output.Printable.Of(text));

    /// <summary>Says how far something has come, to a person who waits for it.</summary>
    public void Progress(string text)
    {
        if (ErrorIsTerminal) Note(text);
    }

    private void Say(string word, string colour, string text)
    {
        var label = ErrorIsTerminal && MayColour ? $"{colour}{word}:\e[0m" : $"{word}:";
        // Some errors are lists, such as everything that is wrong with a catalog: their line breaks are ours.
        Error.WriteLine($"{label} {string.Join(Error.NewLine, text.Split('\n').Select(Output.Printable.Of))}");
    }
}
