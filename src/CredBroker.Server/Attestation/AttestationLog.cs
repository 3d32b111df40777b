using CredBroker.Core.Identity;
using Microsoft.Extensions.Logging;

namespace CredBroker.Server.Attestation;

/// <summary>What the slice logs: events 2000 to 2999.</summary>
internal static partial class AttestationLog
{
    [LoggerMessage(2000, LogLevel.Warning, "The keys at {Address} could not be fetched: {Failure}")]
    public static partial void KeysNotFetched(this ILogger log, Uri address, string failure);

    [LoggerMessage(2001, LogLevel.Information, "Key {Index} at {Address} is not used: {Reason} {Detail}")]
    public static partial void KeySkipped(this ILogger log, Uri address, int index, SkipReason reason, JwkRefusal? detail);

    [LoggerMessage(2002, LogLevel.Information, "The server certificate is {Subject}, valid until {NotAfter}")]
    public static partial void ServerCertificateLoaded(this ILogger log, string subject, DateTimeOffset notAfter);

    [LoggerMessage(2003, LogLevel.Error, "The server certificate changed and cannot be used; the old one stays: {Failure}")]
    public static partial void ServerCertificateUnusable(this ILogger log, string failure);

    [LoggerMessage(2004, LogLevel.Warning, "A client certificate was refused: {Reason} {Chain}")]
    public static partial void ClientCertificateRefused(this ILogger log, X509SvidRefusal reason, string chain);
}
