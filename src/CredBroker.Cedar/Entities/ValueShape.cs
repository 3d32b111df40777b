using CredBroker.Cedar.Extensions;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Entities;

/// <summary>
/// What a schema says that a value is, as far as reading it from JSON depends on it: where an entity or an extension value is due, the
/// escapes may be left out. A value that does not have the shape is read as if there were none; conformance is checked afterwards. Only
/// where an extension value is due must there be something to make one of: a text or a call.
/// </summary>
internal abstract class ValueShape
{
    private ValueShape()
    {
    }

    /// <summary>The shape of an extension's values; null for every other kind.</summary>
    internal static ValueShape? OfKind(ValueKind kind) => ExtensionFunctions.ConstructorOf(kind) is { } constructor ? new Extension(constructor) : null;

    /// <summary>The name of an entity: <c>{"type", "id"}</c> will do.</summary>
    internal sealed class Entity : ValueShape;

    /// <summary>An extension value: the argument of its constructor will do, or <c>{"fn", "arg"}</c>.</summary>
    internal sealed class Extension(ExtensionFunction constructor) : ValueShape
    {
        internal ExtensionFunction Constructor => constructor;
    }

    /// <summary>A set, whose elements have a shape.</summary>
    internal sealed class Set(ValueShape element) : ValueShape
    {
        internal ValueShape Element => element;
    }

    /// <summary>A record, whose entries have shapes by name.</summary>
    internal sealed class Record(Func<string, ValueShape?> find) : ValueShape
    {
        internal ValueShape? Find(string name) => find(name);
    }
}
