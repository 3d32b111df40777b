using System.Reflection;

namespace CredBroker.Server;

/// <summary>The version of this build.</summary>
public static class BrokerVersion
{
    /// <summary>Semantic version, with the commit after a plus where the build knew it.</summary>
    public static string Current { get; } =
        typeof(BrokerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
}
