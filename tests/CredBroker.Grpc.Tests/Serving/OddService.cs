using System.Text;
using Grpc.Core;

namespace Grpc.Tests.Serving;

/// <summary>A service that no compiler made: odd marshallers, and handlers that break the rules.</summary>
[BindServiceMethod(typeof(OddService), nameof(Bind))]
public sealed class OddService(CallLog log)
{
    public const string Name = "odd.Odd";

    public CallLog Log => log;

    private static readonly Marshaller<string> Text = Marshallers.StringMarshaller;

    /// <summary>Writes without saying how much, and half of it when the text is "torn".</summary>
    private static readonly Marshaller<string> Streamed = Marshallers.Create<string>(
        (text, context) =>
        {
            if (text.StartsWith("torn", StringComparison.Ordinal)) context.SetPayloadLength(100);
            var output = context.GetBufferWriter();
            var length = Encoding.UTF8.GetBytes(text, output.GetSpan(text.Length * 3));
            output.Advance(length);
            if (text == "torn by exception") throw new InvalidOperationException("torn");
            if (text != "never completed") context.Complete();
        },
        context => Encoding.UTF8.GetString(context.PayloadAsReadOnlySequence()));

    public static Method<string, string> Call(string name, MethodType type = MethodType.Unary) => new(type, Name, name, Text, Text);

    public static void Bind(ServiceBinderBase binder, OddService service)
    {
        binder.AddMethod(
            new Method<string, string>(MethodType.Unary, Name, "Streamed", Text, Streamed),
            new UnaryServerMethod<string, string>((text, _) => Task.FromResult(text)));
        Unary("Null", (_, _) => Task.FromResult<string>(null!));
        Unary("HeadersTwice", async (text, context) =>
        {
            await context.WriteResponseHeadersAsync([]);
            await context.WriteResponseHeadersAsync([]);
            return text;
        });
        Unary("BadHeader", async (text, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "x", "line\nbreak" } });
            return text;
        });
        Unary("BadTrailer", (text, context) =>
        {
            context.ResponseTrailers.Add("x", "line\nbreak");
            return Task.FromResult(text);
        });
        Unary("Details", (_, context) => Task.FromResult(string.Join('|', context.Method, context.AuthContext.IsPeerAuthenticated,
            context.AuthContext.PeerIdentityPropertyName, string.Join(',', context.AuthContext.PeerIdentity.Select(one => one.Value)))));
        Unary("ReservedTrailers", (text, context) =>
        {
            foreach (var key in new[] { "grpc-status", "grpc-message", "content-length", "te" }) context.ResponseTrailers.Add(key, "99");
            return Task.FromResult(text);
        });
        Stream("WriteTwiceAtOnce", async (text, responses, _) =>
        {
            // The first one waits for a reader; the second one may not start.
            var first = responses.WriteAsync(new string('x', 3_000_000));
            var second = await Record.ExceptionAsync(() => responses.WriteAsync("y"));
            service.Log.Add("tried");
            await first;
            await responses.WriteAsync(second?.GetType().Name ?? "no exception");
        });
        Stream("KeepWriter", (text, responses, _) =>
        {
            Kept = responses;
            return Task.CompletedTask;
        });
        Stream("GiveUp", async (text, responses, _) =>
        {
            using var gone = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            while (true) await responses.WriteAsync(new string('x', 100_000), gone.Token);
        });
        Stream("Hinted", async (text, responses, _) =>
        {
            responses.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
            for (var i = 0; i < 10; i++) await responses.WriteAsync($"{i}");
        });

        void Unary(string name, UnaryServerMethod<string, string> handler) => binder.AddMethod(Call(name), handler);

        void Stream(string name, ServerStreamingServerMethod<string, string> handler) =>
            binder.AddMethod(Call(name, MethodType.ServerStreaming), handler);
    }

    /// <summary>The writer of a call that is over.</summary>
    public static IServerStreamWriter<string>? Kept { get; private set; }
}
