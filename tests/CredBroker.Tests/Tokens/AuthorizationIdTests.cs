using CredBroker.Core;
using CredBroker.Core.Tokens;

namespace CredBroker.Tests.Tokens;

public sealed class AuthorizationIdTests
{
    private static readonly RequestId Request = RequestId.Of(Guid.Parse("11111111-2222-3333-4444-555566667777"));

    [Fact]
    public void A_use_has_the_time_of_its_token_and_is_of_version_8()
    {
        var id = AuthorizationId.Derive(Uses.Token.Jti, Request, Uses.Backend);

        Assert.Equal(Uses.Token.Jti.ToString()[..13], id.ToString()[..13]);
        Assert.Equal((8, true), (id.Value.Version, id.ToString()[19] is '8' or '9' or 'a' or 'b'));
        Assert.NotEqual(Uses.Token.Jti.Value, id.Value);
    }

    [Fact]
    public void The_same_parts_have_the_same_id_for_ever() => Assert.Equal(
        "0193a1b2-c3d4-871e-a842-d12032643b5c",
        AuthorizationId.Derive(Jti.Of(Guid.Parse("0193a1b2-c3d4-8e5f-8a9b-0c1d2e3f4a5b")), Request, Uses.Backend).ToString());

    [Fact]
    public void Parts_that_name_nothing_name_no_use()
    {
        Assert.Throws<ArgumentException>(() => AuthorizationId.Derive(default, Request, Uses.Backend));
        Assert.Throws<ArgumentException>(() => AuthorizationId.Derive(Uses.Token.Jti, default, Uses.Backend));
        Assert.Throws<ArgumentException>(() => AuthorizationId.Derive(Uses.Token.Jti, Request, default));
    }
}
