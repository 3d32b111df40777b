using System.ComponentModel.DataAnnotations;

namespace CredBroker.Server.Hosting;

/// <summary>Holds the options against their annotations and each other before anything starts.</summary>
internal static class OptionsCheck
{
    /// <exception cref="StartException">All that is wrong, at once.</exception>
    public static void Demand(BrokerOptions options)
    {
        var problems = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), problems, validateAllProperties: true);
        var texts = problems.Select(problem => problem.ErrorMessage ?? "invalid").ToList();

        if (options.UnixSocket is null && options.Listen.Count == 0) texts.Add("nothing to listen on: set UnixSocket or Listen");
        if (options.UnixSocket is { } path && !Path.IsPathRooted(path)) texts.Add($"UnixSocket must be an absolute path, not {path}");
        if (options.Database is null && options.DataFolder is null) texts.Add("no database: set Database, or DataFolder for an embedded one");
        if ((options.TlsCertificateFile is null) != (options.TlsKeyFile is null)) texts.Add("TlsCertificateFile and TlsKeyFile go together");
        if (Telemetry.EndpointOf(options) is { } endpoint && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            texts.Add($"OtlpEndpoint must be an http:// or https:// address, not {endpoint}");

        if (texts.Count > 0) throw new StartException(string.Join("; ", texts), $"see the configuration section {BrokerOptions.Section} in docs/operations.md");
    }
}
