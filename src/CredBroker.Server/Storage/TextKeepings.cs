using System.Security.Cryptography;
using CredBroker.Core.Audit;
using CredBroker.Core.Catalog;

namespace CredBroker.Server.Storage;

/// <summary>How texts of agents are kept, as the catalog in force says.</summary>
internal sealed class TextKeepings(BrokerOptions options)
{
    private readonly TextKeeping _scrubbed = new TextKeeping.Scrubbed();

    // Without a configured salt each process has its own: digests then show that two texts of one run are the same, and no more.
    private readonly TextKeeping _digest = new TextKeeping.Digest(
        options.PromptSalt is { } salt ? Convert.FromHexString(salt) : RandomNumberGenerator.GetBytes(TextKeeping.MinSaltBytes));

    public TextKeeping Of(PromptStore store) => store == PromptStore.Digest ? _digest : _scrubbed;
}
