using CredBroker.Core;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Server.Storage;
using CredBroker.V1;
using Google.Protobuf;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Server.Catalog;

/// <summary>Applies a folder's catalog at the start of a broker for development, when it differs from the one in force.</summary>
internal sealed class CatalogFolder(ApplyCatalog apply, LiveCatalog catalog, TimeProvider clock)
{
    private static readonly Caller s_start = new() { Admin = "start", Roles = AdminRoles.PolicyAdmin };

    /// <exception cref="StartException">The folder holds no catalog, or one with errors: all of them are in the message.</exception>
    public async Task ApplyAsync(string folder, CancellationToken ct)
    {
        if (!Directory.Exists(folder)) throw new StartException($"{folder} is not a folder", "name the folder that holds broker.yaml");
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => (Name: Path.GetRelativePath(folder, path), Content: File.ReadAllBytes(path)))
            .Where(file => !file.Name.StartsWith('.') && !CatalogFiles.IsTest(file.Name)).ToList();

        var reading = CatalogReader.Read(files.Select(file => (file.Name, (ReadOnlyMemory<byte>)file.Content)));
        if (reading is CatalogReading.Invalid invalid)
            throw new StartException($"the catalog in {folder} has errors:\n{string.Join('\n', invalid.Problems)}", "mend them and start again");
        if (((CatalogReading.Valid)reading).As(0).Digest.SequenceEqual(catalog.Current.Digest)) return;

        var request = new ApplyCatalogRequest { RequestId = Guid.CreateVersion7(clock.GetUtcNow()).ToString() };
        request.Files.AddRange(files.Select(file => new CatalogFile { Name = file.Name, Content = ByteString.CopyFrom(file.Content) }));
        if (await apply.HandleAsync(request, s_start, ct) is Reply<ApplyCatalogResponse>.Refused refused)
            throw new StartException($"the catalog in {folder} was refused: {refused.Refusal}", "start again");
    }
}
