using System.Security.Cryptography;
using System.Text;
using CredBroker.Core;
using CredBroker.Core.Tasks;
using CredBroker.Tests.Capabilities;
using static CredBroker.Tests.Tokens.Mints;

namespace CredBroker.Tests.Tokens;

public sealed class MintAskTests
{
    [Fact]
    public void The_digest_covers_all_that_the_caller_chose()
    {
        var text = $$"""{"task":"{{Ask.Task}}","capability":{"tool":"github.issues","action":"read","resource":"acme/api/*"},"binding":"{{Key}}"}""";
        Assert.Equal(SHA256.HashData(Encoding.UTF8.GetBytes(text)), Ask.Digest());
    }

    [Fact]
    public void Each_choice_changes_the_digest_and_no_two_choices_have_the_same()
    {
        byte[][] digests =
        [
            Ask.Digest(),
            (Ask with { Task = TaskId.New(Now) }).Digest(),
            (Ask with { Capability = Make.Capability("github.issues", "read", "acme/api/**") }).Digest(),
            (Ask with { Binding = Certificate }).Digest(),
            (Ask with { Binding = new Core.Tokens.Binding.Bearer() }).Digest(),
            (Ask with { TimeToLive = TimeSpan.FromSeconds(1) }).Digest(),
            (Ask with { TimeToLive = TimeSpan.FromSeconds(2) }).Digest(),
            (Ask with { PromptFragment = "1" }).Digest(),
            (Ask with { PromptFragment = "" }).Digest(),
        ];
        Assert.Equal(digests.Length, digests.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public void What_the_broker_chose_does_not_change_it() =>
        Assert.Equal(Ask.Digest(), (Ask with { Decision = DecisionId.New(Now) }).Digest());
}
