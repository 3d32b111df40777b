using CredBroker.Core.Identity;
using CredBroker.Core.Tokens;

namespace CredBroker.Tests.Tokens;

public sealed class BindingTests
{
    // The thumbprint of RFC 7638 section 3.1.
    private const string Key = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";

    [Theory]
    [InlineData("jkt:" + Key, "DPoP")]
    [InlineData("x5t#S256:" + Key, "mTLS")]
    [InlineData(null, "Bearer")]
    public void What_the_database_keeps_is_read_back_as_it_was(string? column, string tokenType)
    {
        Assert.True(Binding.TryParse(column, out var binding));
        Assert.Equal(column, binding.ToColumn());
        Assert.Equal(column ?? "bearer", binding.ToString());
        Assert.Equal(tokenType, binding.TokenType);
    }

    [Theory]
    [InlineData("")]
    [InlineData("bearer")]
    [InlineData(Key)]
    [InlineData("jkt:")]
    [InlineData("jkt: " + Key)]
    [InlineData("JKT:" + Key)]
    [InlineData("x5t:" + Key)]
    [InlineData("jkt:" + Key + "=")]
    [InlineData("jkt:" + Key + "A")]
    [InlineData("jkt:NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xt")]       // the last two bits are not zero: a second spelling
    [InlineData("jkt:NzbLsXh8uDCcd+6MNwXF4W/7noWXFZAfHkxZsRGC9Xs")]
    [InlineData("jkt:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Any_other_text_is_refused(string column)
    {
        Assert.False(Binding.TryParse(column, out var binding));
        Assert.Null(binding);
    }

    [Fact]
    public void Bindings_are_equal_when_kind_and_thumbprint_are()
    {
        Assert.True(Binding.TryParse("jkt:" + Key, out var key));
        Assert.True(Binding.TryParse("jkt:" + Key, out var same));
        Assert.True(Binding.TryParse("x5t#S256:" + Key, out var certificate));
        Assert.Equal(key, same);
        Assert.NotEqual(key, certificate);
        Assert.Equal(new Binding.Bearer(), new Binding.Bearer());
    }

    [Fact]
    public void The_thumbprint_of_a_certificate_is_the_sha_256_of_its_der()
    {
        // printf '' | openssl dgst -sha256 -binary | basenc --base64url
        Assert.Equal("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", CertificateThumbprint.Of([]).ToString());
        Assert.True(CertificateThumbprint.TryParse("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", out var read));
        Assert.Equal(CertificateThumbprint.Of([]), read);
        // RFC 8705 section 3.1 prints one whose last two bits are not zero: a second spelling.
        Assert.False(CertificateThumbprint.TryParse("bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2", out _));
        Assert.False(CertificateThumbprint.TryParse(default(CertificateThumbprint).ToString(), out _));
    }
}
