using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using CredBroker.Client;
using CredBroker.Core.Identity;

namespace CredBroker.Cli;

/// <summary>
/// An identity that <c>credbroker attest --out</c> put into a file for later commands: the token and the private key that it is bound
/// to, readable by its owner only. It lives as long as the identity token: ten minutes at most.
/// </summary>
internal sealed class SavedIdentity
{
    private const int MaxBytes = 64 * 1024;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        AllowDuplicateProperties = false,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    private readonly Content _content;

    private SavedIdentity(Content content) => _content = content;

    public AgentIdentity Identity => new(
        _content.IdentityToken, _content.SpiffeId, _content.Workload, _content.Binding, _content.ExpiresAt);

    /// <summary>A new key, and its private half for <see cref="Write"/> (PKCS #8, RFC 5208).</summary>
    public static (EphemeralKey Key, byte[] Pkcs8) NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pkcs8 = key.ExportPkcs8PrivateKey();
        return (Import(pkcs8), pkcs8);
    }

    /// <summary>The key, to be owned by the caller; null when the identity is bound to a certificate.</summary>
    public EphemeralKey? TakeKey() => _content.PrivateKeyPkcs8 is { } pkcs8 ? Import(pkcs8) : null;

    /// <summary>Reads a file; when it cannot, says why.</summary>
    public static bool TryRead(string path, [NotNullWhen(true)] out SavedIdentity? saved, [NotNullWhen(false)] out string? problem)
    {
        saved = null;
        problem = null;
        try
        {
            using var file = File.OpenRead(path);
            if ((File.GetUnixFileMode(file.SafeFileHandle) & Others) != 0) problem = "others may read it: it holds a private key (chmod 600)";
            else if (file.Length > MaxBytes) problem = "it is too large for an identity";
            else if (JsonSerializer.Deserialize<Content>(file, Form) is not { Version: 1 } content) problem = "it is no identity of this version";
            else saved = Checked(content);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problem = failure.Message.TrimEnd('.');
        }
        catch (Exception failure) when (failure is JsonException or CryptographicException or ArgumentException or PlatformNotSupportedException)
        {
            problem = "it is no identity that credbroker attest wrote";
        }

        return saved is not null;
    }

    /// <summary>Writes a file for its owner only; one that is there is replaced as a whole.</summary>
    public static void Write(string path, AgentIdentity identity, byte[]? pkcs8)
    {
        var content = new Content(
            1, identity.SpiffeId, identity.Workload, identity.Binding, identity.ExpiresAt, identity.IdentityToken, pkcs8);
        var beside = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Owner };
        try
        {
            using (var file = new FileStream(beside, options)) JsonSerializer.Serialize(file, content, Form);
            File.Move(beside, path, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    private static EphemeralKey Import(byte[] pkcs8)
    {
#pragma warning disable CA2000 // The ephemeral key owns it, and is the caller's.
        var key = ECDsa.Create();
#pragma warning restore CA2000
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out _);
            return EphemeralKey.Own(key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    // A key that cannot be imported is found now, not when it is needed.
    private static SavedIdentity Checked(Content content)
    {
        var saved = new SavedIdentity(content);
        saved.TakeKey()?.Dispose();
        return saved;
    }

    private sealed record Content(
        int Version, string SpiffeId, string Workload, string Binding, DateTimeOffset ExpiresAt, string IdentityToken, byte[]? PrivateKeyPkcs8);
}
