using Grpc.Core;
using Grpc.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>
/// Answers UNIMPLEMENTED to gRPC calls that no endpoint took, and leaves every other request alone. It stands behind all
/// endpoints rather than being one: a route of parameters beside those of the methods would be matched, and thrown away,
/// with every call.
/// </summary>
internal sealed class UnknownMethods : IStartupFilter
{
    /// <summary>Set when the first service is mapped, unless unknown calls are to be left alone.</summary>
    public bool AreAnswered { get; set; }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        next(app);
        app.Use(AnswerOrPassAsync);
    };

    public static void Answer(HttpContext http)
    {
        http.Response.ContentType = GrpcProtocol.ContentType;
        ResponseEnd.Write(http, new Status(StatusCode.Unimplemented, "The method is not known here."), null);
    }

    private Task AnswerOrPassAsync(HttpContext http, RequestDelegate next)
    {
        var isCall = AreAnswered && HttpMethods.IsPost(http.Request.Method) && GrpcProtocol.IsGrpcContentType(http.Request.ContentType);
        if (!isCall) return next(http);

        if (!RequestRefusal.TryRefuse(http)) Answer(http);
        return Task.CompletedTask;
    }
}
