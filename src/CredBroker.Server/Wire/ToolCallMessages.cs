using CredBroker.Core;
using CredBroker.Core.Capabilities;

using CredBroker.V1;

namespace CredBroker.Server.Wire;

/// <summary>Calls from proto: the one place where their text is read.</summary>
internal static class ToolCallMessages
{
    /// <summary>Reads the call of a request; null, with the mistake noted in <paramref name="fields"/>, when it is not one.</summary>
    public static ToolCall? ToolCall(this Fields fields, AuthorizeRequest request)
    {
        if (!ToolName.TryParse(request.Tool, out var tool)) fields.RefuseName(request.Tool, "tool");
        if (!ActionName.TryParse(request.Action, out var action)) fields.RefuseName(request.Action, "action");
        if (!ResourcePath.TryParse(request.Resource, out var resource))
        {
            fields.Refuse(
                request.Resource.Length == 0 ? Reason.FieldMissing : Reason.FieldMalformed, "resource", "one resource path in its canonical form is expected");
        }

        if (request.Parameters.Count > Core.Capabilities.Capability.MaxParameters)
            fields.Refuse(Reason.TooManyElements, "parameters", $"at most {Core.Capabilities.Capability.MaxParameters}");
        if (fields.Refusal is not null) return null;

        var values = new List<ParameterBound>(request.Parameters.Count);
        for (var i = 0; i < request.Parameters.Count; i++)
            if (Value(fields, request.Parameters[i], $"parameters[{i}]") is { } value)
                values.Add(value);
        if (fields.Refusal is not null) return null;

        if (!Core.Capabilities.ToolCall.TryCreate(tool, action, resource, values, out var call))
            fields.Refuse(Reason.DuplicateElement, "parameters", "a parameter is named twice");
        return call;
    }

    private static ParameterBound? Value(Fields fields, Argument message, string field)
    {
        if (!ParameterName.TryParse(message.Name, out var name)) fields.RefuseName(message.Name, $"{field}.name");
        ParameterConstraint? value = message.ValueCase switch
        {
            Argument.ValueOneofCase.Text when ParameterConstraint.StringSet.TryCreate([message.Text], out var text) => text,
            Argument.ValueOneofCase.Number when ParameterConstraint.LongRange.TryCreate(message.Number, message.Number, out var number) => number,
            Argument.ValueOneofCase.Boolean => new ParameterConstraint.BoolValue(message.Boolean),
            _ => null,
        };
        if (value is not null) return new ParameterBound(name, value);
        fields.Refuse(Reason.FieldMalformed, field, "one value is expected: a text of at most 256 characters without control characters, a number, or a boolean");
        return null;
    }
}
