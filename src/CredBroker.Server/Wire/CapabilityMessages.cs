using CredBroker.Core;
using CredBroker.Core.Capabilities;
using Capability = CredBroker.Core.Capabilities.Capability;

using CredBroker.V1;

namespace CredBroker.Server.Wire;

/// <summary>Capabilities to and from proto: the one place where their text is read.</summary>
internal static class CapabilityMessages
{
    /// <summary>Reads a capability; null, with the mistake noted in <paramref name="fields"/>, when it is not one.</summary>
    public static Capability? Capability(this Fields fields, V1.Capability? message, string field)
    {
        if (message is null)
        {
            fields.Refuse(Reason.FieldMissing, field, "is required");
            return null;
        }

        if (!ToolName.TryParse(message.Tool, out var tool)) fields.RefuseName(message.Tool, $"{field}.tool");
        if (!ActionName.TryParse(message.Action, out var action)) fields.RefuseName(message.Action, $"{field}.action");
        if (!ResourcePattern.TryParse(message.Resource, out var resource))
            fields.Refuse(Reason.FieldMalformed, $"{field}.resource", "a resource path or pattern in its canonical form is expected");
        if (message.Parameters.Count > Core.Capabilities.Capability.MaxParameters)
            fields.Refuse(Reason.TooManyElements, $"{field}.parameters", $"at most {Core.Capabilities.Capability.MaxParameters}");
        if (fields.Refusal is not null) return null;

        var parameters = new List<ParameterBound>(message.Parameters.Count);
        for (var i = 0; i < message.Parameters.Count; i++)
            if (Parameter(fields, message.Parameters[i], $"{field}.parameters[{i}]") is { } bound)
                parameters.Add(bound);
        if (fields.Refusal is not null) return null;

        if (!Core.Capabilities.Capability.TryCreate(tool, action, resource, parameters, out var capability))
            fields.Refuse(Reason.DuplicateElement, $"{field}.parameters", "a parameter is named twice");
        return capability;
    }

    /// <summary>Reads an envelope; null, with the mistake noted, when it is not one.</summary>
    public static Envelope? Envelope(this Fields fields, IReadOnlyList<V1.Capability> messages)
    {
        if (messages.Count == 0) fields.Refuse(Reason.FieldMissing, "envelope", "at least one capability is required");
        if (messages.Count > Core.Capabilities.Envelope.MaxCapabilities)
            fields.Refuse(Reason.TooManyElements, "envelope", $"at most {Core.Capabilities.Envelope.MaxCapabilities} capabilities");
        if (fields.Refusal is not null) return null;

        var capabilities = new List<Capability>(messages.Count);
        for (var i = 0; i < messages.Count; i++)
            if (fields.Capability(messages[i], $"envelope[{i}]") is { } capability)
                capabilities.Add(capability);
        if (fields.Refusal is not null) return null;

        if (!Core.Capabilities.Envelope.TryCreate(capabilities, out var envelope))
            fields.Refuse(Reason.DuplicateElement, "envelope", "the same capability is there twice");
        return envelope;
    }

    /// <summary>The proto form.</summary>
    public static V1.Capability ToMessage(this Capability capability)
    {
        var message = new V1.Capability
        {
            Tool = capability.Tool.ToString(), Action = capability.Action.ToString(), Resource = capability.Resource.ToString(),
        };
        foreach (var (name, constraint) in capability.Parameters) message.Parameters.Add(MessageOf(name, constraint));
        return message;
    }

    private static Parameter MessageOf(ParameterName name, ParameterConstraint constraint)
    {
        var message = new Parameter { Name = name.ToString() };
        switch (constraint)
        {
            case ParameterConstraint.StringSet set:
                message.OneOf = new StringSet { Values = { set.Values } };
                break;
            case ParameterConstraint.StringPrefix prefix:
                message.Prefix = prefix.Prefix;
                break;
            case ParameterConstraint.LongRange range:
                message.Range = new LongRange { Min = range.Min, Max = range.Max };
                break;
            case ParameterConstraint.BoolValue boolean:
                message.Boolean = boolean.Value;
                break;
        }

        return message;
    }

    private static ParameterBound? Parameter(Fields fields, Parameter message, string field)
    {
        if (!ParameterName.TryParse(message.Name, out var name)) fields.RefuseName(message.Name, $"{field}.name");
        ParameterConstraint? constraint = message.ConstraintCase switch
        {
            V1.Parameter.ConstraintOneofCase.OneOf when message.OneOf.Values.Distinct(StringComparer.Ordinal).Count() == message.OneOf.Values.Count
                && ParameterConstraint.StringSet.TryCreate(message.OneOf.Values, out var set) => set,
            V1.Parameter.ConstraintOneofCase.Prefix when ParameterConstraint.StringPrefix.TryCreate(message.Prefix, out var prefix) => prefix,
            V1.Parameter.ConstraintOneofCase.Range when ParameterConstraint.LongRange.TryCreate(message.Range.Min, message.Range.Max, out var range) => range,
            V1.Parameter.ConstraintOneofCase.Boolean => new ParameterConstraint.BoolValue(message.Boolean),
            _ => null,
        };
        if (constraint is null)
            fields.Refuse(Reason.FieldMalformed, field, "one constraint is expected: distinct strings, a prefix, a range with min <= max, or a boolean");
        return constraint is null ? null : new ParameterBound(name, constraint);
    }
}
