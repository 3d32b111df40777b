using System.Collections.Frozen;
using CredBroker.Core.Capabilities;

namespace CredBroker.Tests.Capabilities;

/// <summary>What a catalog might say of an action; tests change what matters to them.</summary>
internal static class Rules
{
    public static ActionRule Of(string tool, string action) => new()
    {
        Tool = Make.Tool(tool),
        Action = Make.Action(action),
        Audience = $"https://{tool}.example.org",
        Risk = RiskClass.Read,
        Data = DataClass.Internal,
        Egress = false,
        MaxTokenLifetime = TimeSpan.FromMinutes(5),
        BearerAllowed = false,
        SingleUse = false,
        Parameters = FrozenDictionary<ParameterName, ParameterType>.Empty,
    };
}
