namespace CredBroker.Core.Catalog.Sections;

/// <summary>The section <c>prompts</c>: how texts that may hold secrets are kept.</summary>
internal static class PromptsSection
{
    internal static PromptStore Read(Field? section) =>
        section?.Fields("store")?.Must("store")?.OneOf(("scrubbed", PromptStore.Scrubbed), ("digest", PromptStore.Digest))
        ?? PromptStore.Scrubbed;
}
