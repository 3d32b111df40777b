using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;
using JsonReader = CredBroker.Cedar.Json.JsonReader;

namespace CredBroker.Cedar.Policies;

/// <summary>Single policies and templates in Cedar's JSON format, both ways.</summary>
public static class PolicyJson
{
    private static readonly JsonWriterOptions s_options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = int.MaxValue,
        SkipValidation = true,
    };

    /// <summary>Reads one policy or template.</summary>
    /// <returns>False when there is any mistake.</returns>
    public static bool TryParse(SourceText json, [NotNullWhen(true)] out CedarPolicy? policy, out ImmutableArray<CedarError> errors)
    {
        ArgumentNullException.ThrowIfNull(json);
        var list = new ErrorList(json);
        policy = JsonReader.Read(list) is { } root ? new PolicyJsonReader(list).Read(root) : null;
        errors = list.ToArray();
        return policy is not null;
    }

    /// <summary>The policy as JSON, always the same for equal policies: reads back to an equal one.</summary>
    public static string Write(CedarPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return Write(writer => new PolicyJsonWriter(writer).Write(policy));
    }

    internal static string Write(Action<Utf8JsonWriter> write) => Encoding.UTF8.GetString(WriteUtf8(write).WrittenSpan);

    internal static ArrayBufferWriter<byte> WriteUtf8(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, s_options);
        write(writer);
        writer.Flush();
        return buffer;
    }
}
