using System.Collections.Immutable;
using System.Text.Json;

namespace CredBroker.Core.Past;

/// <summary>An object of an audit entry's payload. What is not there, or not of the form that is asked for, is null.</summary>
internal readonly struct PastJson(JsonElement element)
{
    /// <summary>False: there is no such object.</summary>
    public bool Exists => element.ValueKind == JsonValueKind.Object;

    /// <summary>All of it.</summary>
    public IEnumerable<JsonProperty> Members => Exists ? element.EnumerateObject() : [];

    public string? Text(string name) => Find(name) is { ValueKind: JsonValueKind.String } found ? found.GetString() : null;

    public int? Whole(string name) => Find(name) is { ValueKind: JsonValueKind.Number } found && found.TryGetInt32(out var number) ? number : null;

    public long? Long(string name) => Find(name) is { ValueKind: JsonValueKind.Number } found && found.TryGetInt64(out var number) ? number : null;

    public double? Number(string name) => Find(name) is { ValueKind: JsonValueKind.Number } found && found.TryGetDouble(out var number) ? number : null;

    /// <summary>A length of time in seconds; null when it is none, or longer than a year.</summary>
    public TimeSpan? Seconds(string name) => Number(name) is >= 0 and < 31_622_400 and var seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>A moment in seconds since 1970; null when it is none of the first ten thousand years.</summary>
    public DateTimeOffset? UnixTime(string name) => Long(name) is >= 0 and < 253_402_300_800 and var seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    public bool? Truth(string name) => Find(name)?.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null };

    public Guid? Id(string name) => Find(name) is { ValueKind: JsonValueKind.String } found && found.TryGetGuid(out var id) ? id : null;

    public DateTimeOffset? Moment(string name) =>
        Find(name) is { ValueKind: JsonValueKind.String } found && found.TryGetDateTimeOffset(out var moment) ? moment : null;

    /// <summary>The object; one that does not exist when there is none, so that what is asked of it is null too.</summary>
    public PastJson Object(string name) => Find(name) is { } found ? new(found) : default;

    /// <summary>The objects of an array; null when it is none.</summary>
    public ImmutableArray<PastJson>? Objects(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Array } found ? [.. found.EnumerateArray().Select(item => new PastJson(item))] : null;

    /// <summary>The texts of an array; null when it is none, or holds anything else.</summary>
    public ImmutableArray<string>? Texts(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Array } found && found.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. found.EnumerateArray().Select(item => item.GetString() ?? "")]
            : null;

    /// <summary>The member's own text; null when there is none.</summary>
    public string? Raw(string name) => Find(name)?.GetRawText();

    private JsonElement? Find(string name) => Exists && element.TryGetProperty(name, out var found) ? found : null;
}
