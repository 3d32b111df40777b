using System.CommandLine.Parsing;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CredBroker.Cli.Grammar;

/// <summary>Certificates and keys from PEM files (RFC 7468).</summary>
internal static class Pem
{
    /// <summary>The certificates of the file that an option names; a mistake is noted with the option.</summary>
    public static X509Certificate2Collection? ReadCertificates(ArgumentResult result)
    {
        var path = result.Tokens[0].Value;
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(path);
            if (certificates.Count > 0) return certificates;
            result.AddError($"{path} has no certificate.");
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            result.AddError($"{path}: {failure.Message}");
        }

        return null;
    }

    /// <summary>A certificate with its private key.</summary>
    /// <exception cref="CryptographicException">The file holds no key, or another one's.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static X509Certificate2 WithKey(X509Certificate2 certificate, FileInfo keyFile)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate.ExportCertificatePem(), File.ReadAllText(keyFile.FullName));
        }
        catch (ArgumentException)
        {
            throw new CryptographicException($"{keyFile} is not the private key of the certificate");
        }
    }
}
