namespace CredBroker.Tests.Testing;

/// <summary>The files of the repository that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string s_root = Root();

    /// <summary>The absolute path of a file, given by its path from the root of the repository.</summary>
    public static string PathOf(string relative) => Path.Combine(s_root, relative);

    /// <summary>Hand-written C# files below a folder, by their paths from the root of the repository.</summary>
    public static IEnumerable<string> Sources(string folder) => Directory
        .EnumerateFiles(PathOf(folder), "*.cs", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(s_root, path))
        .Where(path => !path.Split('/').Any(part => part is "obj" or "bin"));

    /// <summary>The text of a file, given by its path from the root of the repository.</summary>
    public static string Read(string relative) => File.ReadAllText(PathOf(relative));

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "CredBroker.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"CredBroker.sln is in no folder above {AppContext.BaseDirectory}");
    }
}
