using System.Diagnostics.CodeAnalysis;
using CredBroker.Server;
using Microsoft.Extensions.Configuration;

namespace CredBroker.Cli;

/// <summary>
/// Reads how a broker runs: a JSON file, and over it environment variables like <c>CREDBROKER__LISTEN__0</c>. What is said on the command
/// line goes over both.
/// </summary>
internal static class ServerConfiguration
{
    /// <summary>Reads the section <c>CredBroker</c>; when it cannot, says why. A name that is no option is a mistake, not ignored.</summary>
    public static bool TryRead(string? file, [NotNullWhen(true)] out BrokerOptions? options, [NotNullWhen(false)] out string? problem)
    {
        options = null;
        problem = null;
        try
        {
            var sources = new ConfigurationBuilder();
            if (file is not null) sources.AddJsonFile(Path.GetFullPath(file), optional: false);
            var read = new BrokerOptions();
            sources.AddEnvironmentVariables().Build().GetSection(BrokerOptions.Section).Bind(read, binder => binder.ErrorOnUnknownConfiguration = true);
            options = read;
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            problem = failure.GetBaseException().Message;
        }
        catch (InvalidOperationException failure)
        {
            // The binder: a name that is no option, or a text that is no value of it.
            problem = failure.Message;
        }

        return options is not null;
    }
}
