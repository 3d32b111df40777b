using System.Diagnostics;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>
/// Adds the status to the activity and the metrics of ASP.NET Core, to which every call looks like a success.
/// Names: OpenTelemetry's semantic conventions for RPC.
/// </summary>
internal static class CallTelemetry
{
    private const string SystemTag = "rpc.system";
    private const string SystemName = "grpc";
    private const string StatusTag = "rpc.grpc.status_code";

    public static void Record(HttpContext http, StatusCode status)
    {
        // Both features exist only while somebody listens.
        if (http.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
        {
            metrics.Tags.Add(new(SystemTag, SystemName));
            metrics.Tags.Add(new(StatusTag, (int)status));
        }

        if (Activity.Current is not null && http.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } activity)
        {
            activity.SetTag(SystemTag, SystemName);
            activity.SetTag(StatusTag, (int)status);
        }
    }
}
