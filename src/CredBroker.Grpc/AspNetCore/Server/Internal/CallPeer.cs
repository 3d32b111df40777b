using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Who is on the other end of the connection, in the words of gRPC. Source: grpc/doc/naming.md.</summary>
internal static class CallPeer
{
    private const string NameProperty = "x509_common_name";
    private const string AlternativeNameProperty = "x509_subject_alternative_name";

    public static string Address(ConnectionInfo connection) => connection.RemoteIpAddress switch
    {
        null => "unix:",
        { AddressFamily: AddressFamily.InterNetworkV6 } ip => $"ipv6:[{ip}]:{connection.RemotePort}",
        var ip => $"ipv4:{ip}:{connection.RemotePort}",
    };

    /// <summary>DNS names of the client certificate, else its common name; empty without a certificate.</summary>
    public static AuthContext Identity(ConnectionInfo connection)
    {
        if (connection.ClientCertificate is not { } certificate) return new AuthContext(null, []);

        var properties = new Dictionary<string, List<AuthProperty>>();
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(san => san.EnumerateDnsNames());
        foreach (var name in names) Add(properties, AlternativeNameProperty, name);

        if (certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } common)
            Add(properties, NameProperty, common);

        var identity = properties.ContainsKey(AlternativeNameProperty) ? AlternativeNameProperty : NameProperty;
        return new AuthContext(properties.ContainsKey(identity) ? identity : null, properties);
    }

    private static void Add(Dictionary<string, List<AuthProperty>> properties, string name, string value)
    {
        if (!properties.TryGetValue(name, out var list)) properties[name] = list = [];
        list.Add(AuthProperty.Create(name, Encoding.UTF8.GetBytes(value)));
    }
}
