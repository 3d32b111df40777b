using CredBroker.Core.Catalog;

using CredBroker.V1;

namespace CredBroker.Server.Wire;

/// <summary>What is said of a catalog's files, in proto.</summary>
internal static class CatalogMessages
{
    /// <summary>A mistake, or a warning.</summary>
    public static CatalogProblem Of(CatalogError problem) => new()
    {
        File = problem.At.File, Line = problem.At.Line, Column = problem.At.Column, Message = problem.Message, Warning = problem.IsWarning,
    };

    /// <summary>Reads the files of a request.</summary>
    public static CatalogReading Read(IEnumerable<CatalogFile> files) => CatalogReader.Read(files.Select(file => (file.Name, file.Content.Memory)));
}
