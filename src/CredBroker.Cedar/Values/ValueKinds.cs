namespace CredBroker.Cedar.Values;

/// <summary>Words for the kinds of values.</summary>
internal static class ValueKinds
{
    /// <summary>For messages: <c>a number</c>.</summary>
    internal static string Describe(this ValueKind kind) => kind switch
    {
        ValueKind.Bool => "a truth value",
        ValueKind.Long => "a number",
        ValueKind.String => "a string",
        ValueKind.Entity => "an entity",
        ValueKind.Set => "a set",
        ValueKind.Record => "a record",
        ValueKind.IpAddress => "an ipaddr",
        ValueKind.Decimal => "a decimal",
        ValueKind.Datetime => "a datetime",
        ValueKind.Duration => "a duration",
        _ => "nothing",
    };
}
