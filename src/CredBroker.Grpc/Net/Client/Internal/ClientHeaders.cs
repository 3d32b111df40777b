using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Protocol;
using Microsoft.Extensions.Primitives;

namespace Grpc.Net.Client.Internal;

/// <summary>Headers that a client writes and reads.</summary>
internal static class ClientHeaders
{
    /// <summary>Metadata key that chooses the encoding of the requests; it is not sent.</summary>
    private const string RequestEncodingKey = "grpc-internal-encoding-request";

    private static readonly MediaTypeHeaderValue ContentType = new(GrpcProtocol.ContentType);
    private static readonly string UserAgent = $"grpc-csharp-credbroker/{typeof(ClientHeaders).Assembly.GetName().Version?.ToString(3)}";

    public static MessageEncoding EncodingChosenIn(Metadata? headers)
    {
        var name = headers?.GetValue(RequestEncodingKey);
        return MessageEncoding.Find(name) ?? throw new InvalidOperationException($"Compression \"{name}\" is not supported.");
    }

    /// <summary>The caller's headers, with those of the credentials of channel and call.</summary>
    public static async ValueTask<Metadata?> WithCredentialsAsync(GrpcChannel channel, IMethod method, CallOptions options, CancellationToken ct)
    {
        var ofChannel = channel.Options.Credentials?.CallCredentials;
        if (ofChannel is null && options.Credentials is null) return options.Headers;
        if (!channel.IsSecure && !channel.Options.UnsafeUseInsecureChannelCallCredentials)
            throw new InvalidOperationException("Call credentials would be sent over an unprotected channel.");

        var headers = new Metadata();
        foreach (var entry in options.Headers ?? Metadata.Empty) headers.Add(entry);

        var service = channel.AddressOf(method).GetLeftPart(UriPartial.Authority) + "/" + method.ServiceName;
        var context = new AuthInterceptorContext(service, method.Name, ct);
        foreach (var credentials in new[] { ofChannel, options.Credentials })
        {
            foreach (var interceptor in credentials?.Interceptors ?? []) await interceptor(context, headers);
        }

        return headers;
    }

    public static HttpRequestMessage NewRequest(
        Uri address, string? host, HttpContent content, Metadata? headers, TimeSpan? timeout, MessageEncoding encoding)
    {
        content.Headers.ContentType = ContentType;
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var to = request.Headers;
        to.TryAddWithoutValidation("te", "trailers");
        to.TryAddWithoutValidation("user-agent", UserAgent);
        to.TryAddWithoutValidation(GrpcProtocol.AcceptEncodingHeader, MessageEncoding.Supported);
        if (host is not null) to.Host = host;
        if (timeout is { } left) to.TryAddWithoutValidation(GrpcProtocol.TimeoutHeader, GrpcTimeout.Format(left));
        if (!encoding.IsIdentity) to.TryAddWithoutValidation(GrpcProtocol.EncodingHeader, encoding.Name);

        foreach (var entry in headers ?? Metadata.Empty)
        {
            if (GrpcProtocol.IsReserved(entry.Key) || entry.Key == RequestEncodingKey) continue;
            if (MetadataCodec.Encode(entry) is not { } value)
                throw new RpcException(new Status(StatusCode.Internal, $"The value of header \"{entry.Key}\" is not printable ASCII."));

            to.TryAddWithoutValidation(entry.Key, value);
        }

        return request;
    }

    /// <summary>Why the response is not gRPC; null when it is, or when it brings a grpc-status nevertheless.</summary>
    public static Status? RefusalIn(HttpResponseMessage response)
    {
        if (response.Headers.NonValidated.Contains(GrpcProtocol.StatusHeader)) return null;
        if (response.StatusCode is not HttpStatusCode.OK)
            return new Status(HttpFailure.StatusOf(response.StatusCode), $"The server answered HTTP status {(int)response.StatusCode}.");

        var contentType = response.Content.Headers.NonValidated.TryGetValues("content-type", out var values) ? values.ToString() : null;
        return GrpcProtocol.IsGrpcContentType(contentType)
            ? null
            : new Status(StatusCode.Unknown, "The server's content type is not application/grpc.");
    }

    /// <summary>Null when the encoding is not one that was offered.</summary>
    public static MessageEncoding? FindEncoding(HttpResponseHeaders headers) => MessageEncoding.Find(TextOf(headers, GrpcProtocol.EncodingHeader));

    /// <summary>Status and metadata from trailers, or from the headers of a Trailers-Only response.</summary>
    public static (Status Status, Metadata Trailers) ReadEnd(HttpResponseHeaders trailers)
    {
        if (TextOf(trailers, GrpcProtocol.StatusHeader) is not { } number)
            return (new Status(StatusCode.Unknown, "The server ended the call without a status."), Metadata.Empty);

        if (!TryRead(trailers, out var metadata))
            return (new Status(StatusCode.Internal, "A -bin trailer of the server is not base64."), Metadata.Empty);

        var detail = PercentEncoding.Decode(TextOf(trailers, GrpcProtocol.MessageHeader) ?? "");
        return (new Status(GrpcProtocol.StatusOf(number), detail), metadata);
    }

    public static bool TryRead(HttpResponseHeaders headers, out Metadata metadata)
    {
        metadata = [];
        foreach (var (name, values) in headers.NonValidated)
        {
            if (GrpcProtocol.IsReserved(name)) continue;
            if (!MetadataCodec.TryAdd(metadata, name, values.Count == 1 ? values.ToString() : new StringValues([.. values]))) return false;
        }

        return true;
    }

    private static string? TextOf(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}
