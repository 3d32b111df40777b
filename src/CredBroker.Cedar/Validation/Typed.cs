using CredBroker.Cedar.Schema;

namespace CredBroker.Cedar.Validation;

/// <summary>What is known of an expression: its type, and what is there when it is true.</summary>
/// <param name="Type">Null after a complaint: whatever is done with it then is not complained about again.</param>
/// <param name="Known">Capabilities of its own, beyond those that it was looked at with.</param>
internal readonly record struct Typed(CedarType? Type, Capabilities Known = default)
{
    internal bool IsTrue => Type is not null && ReferenceEquals(Type, CedarType.True);

    internal bool IsFalse => Type is not null && ReferenceEquals(Type, CedarType.False);

    internal static Typed Of(bool value) => new(value ? CedarType.True : CedarType.False);
}
