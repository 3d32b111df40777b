namespace CredBroker.Cedar.Tree;

/// <summary>A note on a policy, for whoever manages it; the language gives it no meaning.</summary>
/// <param name="Name">Its name: an identifier, which may be a reserved word.</param>
/// <param name="Value">Its text, unescaped; null for one that was written without.</param>
public readonly record struct Annotation(string Name, string? Value);
