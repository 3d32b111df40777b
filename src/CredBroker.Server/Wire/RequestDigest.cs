using System.Security.Cryptography;
using Google.Protobuf;

namespace CredBroker.Server.Wire;

/// <summary>Tells a retried request from another one with the same id: SHA-256 over its fields in the order of their numbers.</summary>
internal static class RequestDigest
{
    // Our messages have no maps, so their encoding by one library is a function of their content.
    /// <summary>32 bytes.</summary>
    public static byte[] Of(IMessage request) => SHA256.HashData(request.ToByteArray());
}
