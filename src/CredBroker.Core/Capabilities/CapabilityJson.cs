using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using CredBroker.Core.Identity;
using static CredBroker.Core.Capabilities.ParameterConstraint;

namespace CredBroker.Core.Capabilities;

/// <summary>
/// Capabilities as JSON, both ways: in the database, in tokens (RFC 9396 <c>authorization_details</c>), in the audit.
/// <c>{"tool":"mail","action":"send","resource":"outbox/*","parameters":{"to":{"in":["a@example.org"]}}}</c>
/// </summary>
/// <remarks>
/// Constraints: <c>{"in":[…]}</c>, <c>{"prefix":"…"}</c>, <c>{"min":1,"max":9}</c>, <c>{"is":true}</c>. Written in one form only: members
/// in this order, parameters sorted and left out when there are none. The reader takes members in any order (jsonb keeps none) and
/// refuses all else: unknown, missing or repeated members, unsorted values.
/// </remarks>
public static class CapabilityJson
{
    /// <summary>The <c>type</c> of our authorization details (RFC 9396 section 2).</summary>
    public const string DetailsType = "credbroker_capability";

    /// <summary>SHA-256 of the canonical UTF-8 bytes, 32 bytes: equal capabilities, and only they, have equal digests.</summary>
    public static byte[] Digest(Capability capability) => CanonicalJson.Digest(capability, Write);

    /// <summary>The canonical text of a capability.</summary>
    public static string ToText(Capability capability) => CanonicalJson.Text(capability, Write);

    /// <summary>The canonical text of an envelope: an array.</summary>
    public static string ToText(Envelope envelope) => CanonicalJson.Text(envelope, Write);

    /// <summary>The canonical text of a capability's parameters alone: an object, <c>{}</c> when there are none.</summary>
    public static string ParametersToText(Capability capability) => CanonicalJson.Text(capability.Parameters, WriteParameters);

    /// <summary>How many bytes the canonical text of a capability takes.</summary>
    public static int LengthOf(Capability capability) => CanonicalJson.Length(capability, Write);

    /// <summary>Writes a capability.</summary>
    public static void Write(Utf8JsonWriter json, Capability capability)
    {
        json.WriteStartObject();
        WriteMembers(json, capability);
        json.WriteEndObject();
    }

    /// <summary>Writes an envelope.</summary>
    public static void Write(Utf8JsonWriter json, Envelope envelope)
    {
        json.WriteStartArray();
        foreach (var capability in envelope.Capabilities) Write(json, capability);
        json.WriteEndArray();
    }

    /// <summary>Writes a capability as the one element of <c>authorization_details</c>.</summary>
    public static void WriteDetails(Utf8JsonWriter json, Capability capability)
    {
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("type"u8, DetailsType);
        WriteMembers(json, capability);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    /// <summary>Reads a capability; never throws.</summary>
    public static bool TryParse(string json, [NotNullWhen(true)] out Capability? capability)
    {
        capability = null;
        return IsJson(json, out var root) && CapabilityReader.TryRead(root, detailsType: null, out capability);
    }

    /// <summary>Reads an envelope; never throws.</summary>
    public static bool TryParse(string json, [NotNullWhen(true)] out Envelope? envelope)
    {
        envelope = null;
        if (!IsJson(json, out var root) || root.ValueKind != JsonValueKind.Array) return false;
        if (root.GetArrayLength() > Envelope.MaxCapabilities) return false;
        var capabilities = new List<Capability>(root.GetArrayLength());
        foreach (var element in root.EnumerateArray())
        {
            if (!CapabilityReader.TryRead(element, detailsType: null, out var capability)) return false;
            capabilities.Add(capability);
        }

        return Envelope.TryCreate(capabilities, out envelope);
    }

    /// <summary>Reads a capability whose parts the database keeps apart, with the text of <see cref="ParametersToText"/>; never throws.</summary>
    public static bool TryParse(
        string tool, string action, string resource, string parameters, [NotNullWhen(true)] out Capability? capability)
    {
        capability = null;
        return IsJson(parameters, out var root)
            && CapabilityReader.TryReadParameters(root, out var bounds)
            && CapabilityReader.TryAssemble(tool, action, resource, bounds, out capability);
    }

    /// <summary>Reads <c>authorization_details</c> as we write it: an array of exactly one capability.</summary>
    public static bool TryReadDetails(JsonElement details, [NotNullWhen(true)] out Capability? capability)
    {
        capability = null;
        return details.ValueKind == JsonValueKind.Array
            && details.GetArrayLength() == 1
            && CapabilityReader.TryRead(details[0], DetailsType, out capability);
    }

    private static void WriteMembers(Utf8JsonWriter json, Capability capability)
    {
        json.WriteString("tool"u8, capability.Tool.ToString());
        json.WriteString("action"u8, capability.Action.ToString());
        json.WriteString("resource"u8, capability.Resource.ToString());
        if (capability.Parameters.IsEmpty) return;
        json.WritePropertyName("parameters"u8);
        WriteParameters(json, capability.Parameters);
    }

    private static void WriteParameters(Utf8JsonWriter json, ImmutableArray<ParameterBound> parameters)
    {
        json.WriteStartObject();
        foreach (var (name, constraint) in parameters)
        {
            json.WriteStartObject(name.ToString());
            Write(json, constraint);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ParameterConstraint constraint)
    {
        switch (constraint)
        {
            case StringSet set:
                json.WriteStartArray("in"u8);
                foreach (var value in set.Values) json.WriteStringValue(value);
                json.WriteEndArray();
                break;
            case StringPrefix prefix:
                json.WriteString("prefix"u8, prefix.Prefix);
                break;
            case LongRange range:
                json.WriteNumber("min"u8, range.Min);
                json.WriteNumber("max"u8, range.Max);
                break;
            case BoolValue truth:
                json.WriteBoolean("is"u8, truth.Value);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static bool IsJson(string json, out JsonElement root) => StrictJson.Parse(Encoding.UTF8.GetBytes(json), out root) is null;
}
