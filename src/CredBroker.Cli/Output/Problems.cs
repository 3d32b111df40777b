using System.Globalization;
using CredBroker.Core.Catalog;
using CredBroker.V1;

namespace CredBroker.Cli.Output;

/// <summary>What is wrong with a catalog, in the form that editors jump to.</summary>
internal static class Problems
{
    /// <summary>What is wrong with a catalog that was read here, as a broker would tell it.</summary>
    public static IEnumerable<CatalogProblem> Of(CatalogReading reading) => Of(reading switch
    {
        CatalogReading.Valid valid => valid.Warnings,
        CatalogReading.Invalid invalid => invalid.Problems,
        _ => throw new System.Diagnostics.UnreachableException(),
    });

    /// <summary>Mistakes that were found here, as a broker would tell them.</summary>
    public static IEnumerable<CatalogProblem> Of(IEnumerable<CatalogError> errors) => errors.Select(error => new CatalogProblem
    {
        File = error.At.File,
        Line = error.At.Line,
        Column = error.At.Column,
        Message = error.Message,
        Warning = error.IsWarning,
    });

    /// <summary>Each on a line of standard error: <c>file:line:column: error: message</c>.</summary>
    public static void Tell(Terminal terminal, IEnumerable<CatalogProblem> problems, string folder)
    {
        foreach (var problem in problems)
        {
            var file = Path.Combine(folder, problem.File);
            var kind = problem.Warning ? "warning" : "error";
            terminal.Note(string.Create(CultureInfo.InvariantCulture, $"{file}:{problem.Line}:{problem.Column}: {kind}: {problem.Message}"));
        }
    }

    /// <summary>The mistakes for which a catalog was not taken.</summary>
    public static void Refuse(Terminal terminal, IReadOnlyCollection<CatalogProblem> problems, DirectoryInfo folder)
    {
        Tell(terminal, problems, PathOf(folder));
        terminal.Fail(Count(problems));
    }

    /// <summary>A folder, as short as it is from here, but not by way of the folders above.</summary>
    public static string PathOf(DirectoryInfo folder)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, folder.FullName);
        return relative.StartsWith("..", StringComparison.Ordinal) ? folder.FullName : relative;
    }

    /// <summary>How many there are, in words.</summary>
    public static string Count(IReadOnlyCollection<CatalogProblem> problems)
    {
        var (errors, warnings) = (problems.Count(problem => !problem.Warning), problems.Count(problem => problem.Warning));
        return (errors, warnings) switch
        {
            (0, 0) => "no problems",
            (0, _) => Many(warnings, "warning"),
            (_, 0) => Many(errors, "error"),
            _ => $"{Many(errors, "error")}, {Many(warnings, "warning")}",
        };
    }

    private static string Many(int count, string word) => string.Create(CultureInfo.InvariantCulture, $"{count} {word}{(count == 1 ? "" : "s")}");
}
