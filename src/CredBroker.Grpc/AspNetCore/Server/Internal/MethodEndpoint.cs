using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>The request delegate of one method, and the one place where failures become statuses.</summary>
internal sealed class MethodEndpoint(IMethod method, ServiceSettings settings, Func<ServerCall, Task> run)
{
    [SuppressMessage("Design", "CA1031", Justification = "The funnel: whatever a handler throws ends as a status, and is logged whole.")]
    public async Task HandleAsync(HttpContext http)
    {
        if (RequestRefusal.TryRefuse(http)) return;

        // Routing takes other casing, escapes, dot segments, a trailing slash and a query for the same; a proxy that guards paths does not.
        if (http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget != method.FullName)
        {
            UnknownMethods.Answer(http);
            return;
        }

        await using var call = new ServerCall(http, method, settings);
        try
        {
            if (call.TryStart()) await run(call);
        }
        catch (Exception e)
        {
            Fail(call, e);
        }
    }

    private void Fail(ServerCall call, Exception failure)
    {
        switch (failure)
        {
            case RpcException rpc:
                settings.Log.Refused(method.FullName, rpc.StatusCode, rpc.Status.Detail);
                call.End(rpc.Status, Merged(call.ResponseTrailers, rpc.Trailers));
                break;
            case OperationCanceledException when call.IsInterrupted || call.Http.RequestAborted.IsCancellationRequested:
                settings.Log.Interrupted(method.FullName);
                call.End(Status.DefaultCancelled, null);
                break;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                call.End(call.TooLarge("The request body exceeds the limit of the server."));
                break;
            case BadHttpRequestException:
                call.End(new Status(StatusCode.Cancelled, "The request did not arrive whole."), null);
                break;
            default:
                settings.Log.HandlerFailed(failure, method.FullName);
                call.End(new Status(StatusCode.Unknown, TextOf(failure)), null);
                break;
        }
    }

    private string TextOf(Exception failure) =>
        settings.EnableDetailedErrors ? $"{failure.GetType().Name}: {failure.Message}" : "The handler failed.";

    private static Metadata Merged(Metadata own, Metadata thrown)
    {
        foreach (var entry in thrown) own.Add(entry);
        return own;
    }
}
