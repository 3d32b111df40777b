using CredBroker.Server.Ledger;
using CredBroker.Server.Wire;

using CredBroker.V1;

namespace CredBroker.Server.Tokens;

/// <summary>
/// Capabilities of token rows as messages, by their text: reading the text is a tenth of an introspection, and the same few capabilities
/// are granted again and again. Nothing here says whether a token lives. The messages are shared: nobody may change one.
/// </summary>
internal sealed class CapabilityMessageCache
{
    // Longer ones are read anew: with them the bound on entries would be none on memory.
    private const int LongestKept = 1_024;

    private readonly BoundedCache<GrantedText, Capability> _known = new(capacity: 4_096);

    /// <summary>The capability of a row.</summary>
    /// <exception cref="InvalidDataException">The row does not read.</exception>
    public Capability Of(GrantedText text)
    {
        if (text.Resource.Length + text.ParametersJson.Length > LongestKept) return IssuedTokens.CapabilityOf(text).ToMessage();
        if (!_known.TryGet(text, out var message)) _known.Add(text, message = IssuedTokens.CapabilityOf(text).ToMessage());
        return message!;
    }
}
