using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core;

namespace Grpc.Tests.Serving;

/// <summary>A call made of bytes, for what no well-behaved client sends.</summary>
public static class RawCall
{
    public static async Task<RawAnswer> PostAsync(Uri address, string path, byte[] body, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient();
        using var content = new ByteArrayContent(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path)) { Content = content };
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        foreach (var (name, value) in headers)
        {
            if (name == "content-type") content.Headers.ContentType = value.Length == 0 ? null : MediaTypeHeaderValue.Parse(value);
            else if (name == ":version") request.Version = new Version(value);
            else request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        return new RawAnswer(response.StatusCode, Lines(response.Headers), bytes, Lines(response.TrailingHeaders));
    }

    public static Task<RawAnswer> SayAsync(TestServer server, byte[] body, params (string Name, string Value)[] headers) =>
        PostAsync(server.Http2, "/echo.Echo/Say", body, headers);

    public static byte[] Frame(IMessage message) => Frame(message.ToByteArray());

    public static byte[] Frame(byte[] payload, byte flag = 0, int? length = null)
    {
        var frame = new byte[5 + payload.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), length ?? payload.Length);
        payload.CopyTo(frame, 5);
        return frame;
    }

    private static Dictionary<string, string> Lines(HttpResponseHeaders headers) =>
        headers.NonValidated.ToDictionary(header => header.Key.ToLowerInvariant(), header => string.Join(" & ", header.Value));
}

/// <summary>What came back.</summary>
public sealed record RawAnswer(
    HttpStatusCode HttpStatus, IReadOnlyDictionary<string, string> Headers, byte[] Body, IReadOnlyDictionary<string, string> Trailers)
{
    public StatusCode? Status => Find("grpc-status") is { } number ? (StatusCode)int.Parse(number) : null;

    public string? Detail => Find("grpc-message");

    /// <summary>True if the status stands in the headers, and nothing follows them.</summary>
    public bool IsTrailersOnly => Headers.ContainsKey("grpc-status") && Body.Length == 0 && Trailers.Count == 0;

    private string? Find(string name) => Trailers.GetValueOrDefault(name) ?? Headers.GetValueOrDefault(name);
}
