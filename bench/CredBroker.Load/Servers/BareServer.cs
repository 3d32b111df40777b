using System.Buffers;
using System.Buffers.Binary;
using CredBroker.Load.Cells;
using CredBroker.Load.Protos;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CredBroker.Load.Servers;

/// <summary>
/// The floor under the floor: Kestrel without routing and without gRPC. Reads the body, whatever it is, and answers what the echo
/// service would: the same frame every time, and a status behind it.
/// </summary>
internal static class BareServer
{
    private static readonly byte[] s_frame = FrameOf(EchoCell.Message);

    public static Task<int> RunAsync(string socket) => FloorHost.RunAsync(socket, _ => { }, app => app.Run(AnswerAsync));

    private static async Task AnswerAsync(HttpContext http)
    {
        var body = http.Request.BodyReader;
        bool isRead;
        do
        {
            var result = await body.ReadAsync();
            isRead = result.IsCompleted;
            body.AdvanceTo(result.Buffer.End);
        }
        while (!isRead);

        http.Response.ContentType = "application/grpc";
        http.Response.BodyWriter.Write(s_frame);
        http.Response.AppendTrailer("grpc-status", "0");
    }

    private static byte[] FrameOf(EchoMessage message)
    {
        var frame = new byte[5 + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - 5);
        message.WriteTo(frame.AsSpan(5));
        return frame;
    }
}
