using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CredBroker.Cedar.Driver;

/// <summary>The operations by name, and what was prepared for later ones.</summary>
public sealed class Session
{
    private static readonly JsonDocumentOptions s_reading = new() { MaxDepth = CedarLimits.MaxJsonDepth };
    private static readonly JsonWriterOptions s_writing = new() { MaxDepth = int.MaxValue, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Prepared _prepared = new();

    /// <summary>The answer to one line; a line that is no JSON has one too.</summary>
    public string Answer(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, s_reading);
            return Answer(document.RootElement);
        }
        catch (JsonException e)
        {
            return Write(default, Reply.Refused([$"bad json: {e.Message}"]));
        }
    }

    /// <summary>The answer to one message.</summary>
    public string Answer(JsonElement message) =>
        Write(message.TryGetProperty("id", out var id) ? id : default, Handle(Input.Text(message, "op") ?? "authorize", message));

    private Reply Handle(string op, JsonElement message) => op switch
    {
        "authorize" => Authorizing.Authorize(message),
        "prepare" => _prepared.Prepare(message),
        "run" => _prepared.Run(message),
        "bench" => _prepared.Bench(message),
        "parse" => Parsing.Policies(message),
        "parseSchema" => Parsing.Schema(message),
        "schemaToJson" => Parsing.SchemaToJson(message),
        "validate" => Validating.Validate(message),
        "parseEntities" => Parsing.Entities(message),
        "parseContext" => Parsing.Context(message),
        "toJson" => Converting.ToJson(message),
        "toText" => Converting.ToText(message),
        _ => Reply.Refused([$"unknown op {op}"]),
    };

    private static string Write(JsonElement id, Reply reply)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, s_writing))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("id");
            if (id.ValueKind == JsonValueKind.Undefined)
                writer.WriteNullValue();
            else
                id.WriteTo(writer);
            reply.Write(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
