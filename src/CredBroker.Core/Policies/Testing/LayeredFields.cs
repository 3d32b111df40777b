using CredBroker.Core.Catalog.Sections;

namespace CredBroker.Core.Policies.Testing;

/// <summary>The keys of a mapping, and of one that holds where it says nothing; either may be absent.</summary>
internal sealed class LayeredFields(Fields? own, Fields? below)
{
    internal Field? May(string key) => own?.May(key) ?? below?.May(key);

    /// <summary>The value of a required key; its absence is reported where the case begins.</summary>
    internal Field? Must(string key) => May(key) ?? own?.Must(key);

    /// <summary>The keys of a mapping within, each layer by itself.</summary>
    internal LayeredFields Within(string key, params string[] known) => new(own?.May(key)?.Fields(known), below?.May(key)?.Fields(known));
}
