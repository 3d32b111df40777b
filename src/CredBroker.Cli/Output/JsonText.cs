using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace CredBroker.Cli.Output;

/// <summary>
/// The form of <c>--json</c>: one document, indented by two. An answer of the broker is written in the proto3 JSON mapping with the
/// field names of the .proto files, fields without a value included, so that its shape is the contract's and not the answer's.
/// </summary>
internal static class JsonText
{
    private static readonly JsonFormatter Formatter =
        new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithFormatDefaultValues(true));

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        // Standard output is no HTML: apostrophes and letters of other languages stay readable. Control characters are escaped still.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of(IMessage message) => Of(Node(message));

    public static string Of(JsonNode node) => node.ToJsonString(Indented);

    /// <summary>An answer as an object, to leave something out of or to put something beside.</summary>
    public static JsonObject Node(IMessage message) =>
        Whole(message.Descriptor, JsonNode.Parse(Formatter.Format(message))?.AsObject() ?? throw new UnreachableException());

    // The formatter leaves out times and messages that are not set.
    private static JsonObject Whole(MessageDescriptor descriptor, JsonObject written)
    {
        var whole = new JsonObject();
        foreach (var field in descriptor.Fields.InFieldNumberOrder())
        {
            if (written.Remove(field.Name, out var value)) whole[field.Name] = field.FieldType == FieldType.Message ? Whole(field.MessageType, value) : value;
            else if (field is { HasPresence: true, RealContainingOneof: null }) whole[field.Name] = null;
        }

        return whole;
    }

    // A message of the well-known types, such as a time, is written as a text.
    private static JsonNode? Whole(MessageDescriptor descriptor, JsonNode? written) => written switch
    {
        JsonObject one => Whole(descriptor, one),
        JsonArray many => new JsonArray([.. many.Select(one => Whole(descriptor, one?.DeepClone()))]),
        _ => written,
    };
}
