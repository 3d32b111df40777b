using CredBroker.Client;
using CredBroker.Tests.Identity;

namespace CredBroker.Tests.Client;

public sealed class BrokerAddressTests
{
    [Theory]
    [InlineData("unix:/run/credbroker.sock", "/run/credbroker.sock")]
    [InlineData("unix:///run/credbroker.sock", "/run/credbroker.sock")]
    [InlineData("unix:/run/../tmp/a.sock", "/tmp/a.sock")]
    public void A_unix_address_names_an_absolute_socket(string text, string path)
    {
        Assert.True(BrokerAddress.TryParse(text, out var address, out _));
        Assert.Equal(path, address.SocketPath);
        Assert.Equal("http://localhost/", address.Origin.ToString());
        Assert.False(address.IsTls);
        Assert.Equal($"unix:{path}", address.ToString());
    }

    [Fact]
    public void A_relative_socket_is_taken_from_the_current_folder()
    {
        Assert.True(BrokerAddress.TryParse("unix:a.sock", out var address, out _));
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "a.sock"), address.SocketPath);
    }

    [Theory]
    [InlineData("https://broker.example.org", "https://broker.example.org")]
    [InlineData("https://broker.example.org:443/", "https://broker.example.org")]
    [InlineData("HTTPS://Broker.Example.ORG:8443", "https://broker.example.org:8443")]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080")]
    [InlineData("http://localhost:8080", "http://localhost:8080")]
    [InlineData("http://[::1]:8080", "http://[::1]:8080")]
    public void An_origin_is_normalised_as_a_proof_has_to_name_it(string text, string origin)
    {
        Assert.True(BrokerAddress.TryParse(text, out var address, out _));
        Assert.Null(address.SocketPath);
        Assert.Equal(origin, address.ToString());
        Assert.Equal(text.StartsWith("https", StringComparison.OrdinalIgnoreCase), address.IsTls);
    }

    [Theory]
    [InlineData(null, "is empty")]
    [InlineData(" ", "is empty")]
    [InlineData("unix:", "names no socket")]
    [InlineData("unix:///", "is a folder")]
    [InlineData("unix:/a/..", "is a folder")]
    [InlineData("unix://a.sock", "has two slashes before a path that is not absolute")]
    [InlineData("broker.example.org:8443", "is neither unix:/path nor https://host:port")]
    [InlineData("/run/credbroker.sock", "is neither unix:/path nor https://host:port")]
    [InlineData("ftp://broker.example.org", "is neither unix:/path nor https://host:port")]
    [InlineData("https://user@broker.example.org", "has more than scheme, host and port")]
    [InlineData("https://broker.example.org/path", "has more than scheme, host and port")]
    [InlineData("https://broker.example.org/?q", "has more than scheme, host and port")]
    [InlineData("https://broker.example.org/#f", "has more than scheme, host and port")]
    [InlineData("http://broker.example.org", "uses http:// for a host that is not loopback")]
    [InlineData("http://10.0.0.1:8080", "uses http:// for a host that is not loopback")]
    [InlineData("http://localhost.example.org", "uses http:// for a host that is not loopback")]
    public void Anything_else_is_refused_in_words(string? text, string expected)
    {
        Assert.False(BrokerAddress.TryParse(text, out var address, out var problem));
        Assert.Null(address);
        Assert.Equal(expected, problem);
    }

    [Fact]
    public void A_socket_path_fits_into_a_socket_address()
    {
        Assert.True(BrokerAddress.TryParse("unix:/" + new string('a', 106), out _, out _));
        Assert.False(BrokerAddress.TryParse("unix:/" + new string('a', 107), out _, out var problem));
        Assert.Equal("is longer than 107 bytes", problem);
    }

    [Fact]
    public void Reading_what_was_written_gives_the_same_address_for_any_text_that_is_read()
    {
        var mutations = new Mutations(20261120);
        string[] good = ["unix:/run/a.sock", "https://broker.example.org:8443", "http://[::1]:8080", "http://localhost"];
        for (var i = 0; i < 20_000; i++)
        {
            var text = mutations.Damage(good[i % good.Length]);
            if (!BrokerAddress.TryParse(text, out var address, out _)) continue;
            Assert.True(BrokerAddress.TryParse(address.ToString(), out var again, out _), text);
            Assert.Equal(address, again);
        }
    }
}
