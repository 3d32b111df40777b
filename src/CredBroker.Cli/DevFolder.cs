namespace CredBroker.Cli;

/// <summary>Where a broker for development keeps what it needs: a folder that it is given and leaves, or a new one that ends with it.</summary>
internal sealed class DevFolder : IDisposable
{
    // The account that PostgreSQL runs as, and agents of other users, have to pass through; nobody has to look around.
    private const UnixFileMode Passable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly DirectoryInfo? _temporary;

    /// <param name="data">The folder to keep the database in; null: a new one.</param>
    public DevFolder(string? data)
    {
        if (data is null)
        {
            _temporary = Directory.CreateTempSubdirectory("credbroker-");
            File.SetUnixFileMode(_temporary.FullName, Passable);
        }

        Path = data ?? _temporary?.FullName ?? "";
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>True when the folder is removed at the end.</summary>
    public bool IsTemporary => _temporary is not null;

    /// <summary>Removes what is not to be kept.</summary>
    public void Dispose() => _temporary?.Delete(recursive: true);
}
