using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using CredBroker.Cedar.Extensions;
using CredBroker.Cedar.Values;

namespace CredBroker.Core.Policies;

/// <summary>How a judgement came about: what the audit needs to show it, and to find it again.</summary>
/// <param name="Phase">Why policies were asked.</param>
/// <param name="Principal">Who asked, in the policies' words.</param>
/// <param name="AttestedBy">How it proved itself, in their words.</param>
/// <param name="Evaluations">One for each time that the policies were evaluated; none when what was asked could not be put to them.</param>
public sealed record JudgementRecord(string Phase, string Principal, string AttestedBy, ImmutableArray<PolicyEvaluation> Evaluations)
{
    internal CedarRecord Inputs { get; init; } = CedarRecord.Empty;

    /// <summary>Writes what the policies could look at, as an object: of the context only what some policy of the catalog reads.</summary>
    public void WriteInputs(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        Write(json, Inputs);
    }

    private static void Write(Utf8JsonWriter json, CedarRecord record)
    {
        json.WriteStartObject();
        foreach (var (name, value) in record.Entries)
        {
            json.WritePropertyName(name);
            Write(json, value);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CedarValue value)
    {
        if (value.TryGet(out bool truth)) json.WriteBooleanValue(truth);
        else if (value.TryGet(out long number)) json.WriteNumberValue(number);
        else if (value.TryGet(out string? text)) json.WriteStringValue(text);
        else if (value.TryGet(out CedarDatetime moment)) json.WriteStringValue(moment.ToString());
        else if (value.TryGet(out CedarDuration length)) json.WriteStringValue(length.ToString());
        else if (value.TryGet(out CedarRecord? record)) Write(json, record);
        else if (value.TryGet(out CedarSet? set)) Write(json, set);
        else throw new UnreachableException();
    }

    private static void Write(Utf8JsonWriter json, CedarSet set)
    {
        json.WriteStartArray();
        foreach (var element in set.Elements) Write(json, element);
        json.WriteEndArray();
    }
}
