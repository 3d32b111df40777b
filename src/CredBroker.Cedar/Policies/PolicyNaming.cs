namespace CredBroker.Cedar.Policies;

/// <summary>What the policies of a text are called.</summary>
public enum PolicyNaming
{
    /// <summary><c>policy0</c>, <c>policy1</c> and so on, by their order in the text; <c>@id</c> is a note like any other.</summary>
    ByPosition,

    /// <summary>By the annotation <c>@id("…")</c>; those without one by their order in the text.</summary>
    ByAnnotation,
}
