using CredBroker.Core.Capabilities;

namespace CredBroker.Tests.Capabilities;

/// <summary>Typed values from text, for tests: text that does not parse is a mistake of the test.</summary>
internal static class Make
{
    public static ToolName Tool(string text) => ToolName.TryParse(text, out var name) ? name : throw new ArgumentException(text);

    public static ActionName Action(string text) => ActionName.TryParse(text, out var name) ? name : throw new ArgumentException(text);

    public static ParameterName Parameter(string text) =>
        ParameterName.TryParse(text, out var name) ? name : throw new ArgumentException(text);

    public static ResourcePath Path(string text) => ResourcePath.TryParse(text, out var path) ? path : throw new ArgumentException(text);

    public static ResourcePattern Pattern(string text) =>
        ResourcePattern.TryParse(text, out var pattern) ? pattern : throw new ArgumentException(text);

    public static ParameterConstraint OneOf(params string[] values) =>
        ParameterConstraint.StringSet.TryCreate(values, out var set) ? set : throw new ArgumentException("set");

    public static ParameterConstraint Prefix(string prefix) =>
        ParameterConstraint.StringPrefix.TryCreate(prefix, out var constraint) ? constraint : throw new ArgumentException(prefix);

    public static ParameterConstraint Range(long min, long max) =>
        ParameterConstraint.LongRange.TryCreate(min, max, out var range) ? range : throw new ArgumentException("range");

    public static ParameterConstraint Is(bool value) => new ParameterConstraint.BoolValue(value);

    public static Capability Capability(string tool, string action, string resource, params (string Name, ParameterConstraint Constraint)[] bounds) =>
        Core.Capabilities.Capability.TryCreate(
            Tool(tool), Action(action), Pattern(resource), [.. bounds.Select(b => new ParameterBound(Parameter(b.Name), b.Constraint))],
            out var capability)
            ? capability
            : throw new ArgumentException("capability");

    public static Envelope Envelope(params Capability[] capabilities) =>
        Core.Capabilities.Envelope.TryCreate(capabilities, out var envelope) ? envelope : throw new ArgumentException("envelope");
}
