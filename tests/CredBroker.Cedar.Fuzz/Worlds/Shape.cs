using System.Collections.Immutable;

namespace CredBroker.Cedar.Fuzz.Worlds;

/// <summary>A type of values, as a schema says it.</summary>
internal abstract record Shape
{
    private Shape()
    {
    }

    public static Shape Long { get; } = new Plain("Long");

    public static Shape Text { get; } = new Plain("String");

    public static Shape Bool { get; } = new Plain("Bool");

    public static Shape Decimal { get; } = new Extension("decimal");

    public static Shape Ip { get; } = new Extension("ipaddr");

    public static Shape Datetime { get; } = new Extension("datetime");

    public static Shape Duration { get; } = new Extension("duration");

    public static ImmutableArray<Shape> Simple { get; } = [Long, Text, Bool, Decimal, Ip, Datetime, Duration];

    /// <summary>Equal for two shapes exactly when they are the same type.</summary>
    public string Key => this switch
    {
        Plain { Name: var name } => name,
        Extension { Name: var name } => name,
        Entity { Type: var type } => $"@{type}",
        Set { Element: var element } => $"[{element.Key}]",
        Record { Members: var members } => $"{{{string.Join(',', members.OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => $"{member.Name}{(member.IsRequired ? "" : "?")}:{member.Shape.Key}"))}}}",
        Alias { Target: var target } => target.Key,
        _ => "",
    };

    /// <summary>What it stands for, when it is the name of another.</summary>
    public Shape Bare => this is Alias { Target: var target } ? target.Bare : this;

    /// <summary>A type that the language has without an extension.</summary>
    internal sealed record Plain(string Name) : Shape;

    /// <summary>A type of an extension.</summary>
    internal sealed record Extension(string Name) : Shape;

    /// <summary>Entities of a type, by its full name.</summary>
    internal sealed record Entity(string Type) : Shape;

    /// <summary>Sets.</summary>
    internal sealed record Set(Shape Element) : Shape;

    /// <summary>Records.</summary>
    internal sealed record Record(ImmutableArray<Member> Members) : Shape;

    /// <summary>A common type, by its full name.</summary>
    internal sealed record Alias(string Name, Shape Target) : Shape;
}

/// <summary>An attribute.</summary>
/// <param name="Name">Any text.</param>
/// <param name="Shape">Its type.</param>
/// <param name="IsRequired">False where it may be absent.</param>
internal sealed record Member(string Name, Shape Shape, bool IsRequired);
