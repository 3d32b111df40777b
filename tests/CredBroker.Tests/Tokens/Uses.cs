using CredBroker.Core;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Tokens;
using CredBroker.Tests.Capabilities;
using CredBroker.Tests.Tasks;

namespace CredBroker.Tests.Tokens;

/// <summary>Calls and facts that are allowed as they stand; tests change what matters to them.</summary>
internal static class Uses
{
    public const string Audience = "https://github.issues.example.org";

    public static readonly DateTimeOffset Now = Mints.Now;

    public static readonly SpiffeId Backend = Facts.Workload("spiffe://example.org/backends/issues");

    public static readonly ToolCall Called = Call("github.issues", "read", "acme/api/7");

    public static AuthorizeAsk Ask { get; } = new()
    {
        Request = RequestId.Of(Guid.Parse("11111111-2222-3333-4444-555566667777")),
        Decision = DecisionId.New(Now),
        Backend = Backend,
        Serves = ["https://other.example.org", Audience],
        Call = Called,
    };

    public static IssuedToken Token { get; } = new()
    {
        Jti = Mints.Ask.Jti, Task = Mints.Live.Id, Capability = Mints.Asked, Audience = Audience, Binding = Mints.Key,
        IssuedAt = Now.AddSeconds(-1), ExpiresAt = Now.AddMinutes(1), Uses = null, Decision = Mints.Ask.Decision, AskDigest = Mints.Ask.Digest(),
    };

    public static AuthorizeFacts Known { get; } = new()
    {
        Token = Token,
        Revoked = false,
        Possession = Possession.Shown,
        AttestedBy = EvidenceKind.UnixPeer,
        Task = Mints.Live,
        CatalogVersion = 7,
        CatalogDigest = [.. new byte[32]],
        Policies = Mints.Known.Policies,
        Found = new(true, Mints.Rule),
        Allowed = new([Facts.ReadIssues, Facts.SendMail]),
        AllowedAbove = [],
    };

    public static ToolCall Call(string tool, string action, string resource, params (string Name, ParameterConstraint Value)[] values) =>
        ToolCall.TryCreate(
            Make.Tool(tool), Make.Action(action), Make.Path(resource), [.. values.Select(v => new ParameterBound(Make.Parameter(v.Name), v.Value))], out var call)
            ? call
            : throw new ArgumentException("call");

    public static ApprovedUse Allow(AuthorizeAsk ask, AuthorizeFacts facts) =>
        Assert.IsType<AuthorizeDecision.Allowed>(Authorizing.Decide(ask, facts, Now)).Use;
}
