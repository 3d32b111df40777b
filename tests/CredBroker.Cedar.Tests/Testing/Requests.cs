using System.Text.Json;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tests.Testing;

/// <summary>Parts of requests that are written as JSON.</summary>
internal static class Requests
{
    public static EntityUid Uid(JsonElement request, string member)
    {
        Assert.True(ContextReader.TryParseUid(new(member, request.GetProperty(member).GetRawText()), out var uid, out var errors), string.Join('\n', errors));
        return uid;
    }

    public static CedarRecord Context(JsonElement request)
    {
        Assert.True(ContextReader.TryParse(new("context", request.GetProperty("context").GetRawText()), out var context, out var errors), string.Join('\n', errors));
        return context;
    }
}
