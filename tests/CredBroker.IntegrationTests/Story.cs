using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;

namespace CredBroker.IntegrationTests;

/// <summary>Well-formed requests within the test catalog; tests change what they are about.</summary>
public static class Story
{
    public static Capability ReadTicket(string resource = "acme/tickets/4711") => new()
    {
        Tool = "tickets", Action = "read", Resource = resource,
        Parameters = { new Parameter { Name = "state", OneOf = new StringSet { Values = { "open" } } } },
    };

    public static Capability SendMail() => new() { Tool = "mail", Action = "send", Resource = "customers/7" };

    public static Capability Release() => new() { Tool = "deploy", Action = "release", Resource = "services/helpdesk" };

    public static StartTaskRequest Start(params Capability[] envelope) => new()
    {
        RequestId = TestBroker.NewId(), Intent = "Answer ticket 4711", Initiator = "user:alice@example.test", TimeToLive = Duration.FromTimeSpan(TimeSpan.FromMinutes(10)),
        Envelope = { envelope.Length == 0 ? [ReadTicket("acme/**"), SendMail(), Release()] : envelope },
    };

    public static MintRequest Mint(string taskId, Capability? capability = null) => new()
    {
        RequestId = TestBroker.NewId(), TaskId = taskId, Capability = capability ?? ReadTicket(),
    };

    public static Parameter OneOf(string name, params string[] values) => new() { Name = name, OneOf = new StringSet { Values = { values } } };

    public static EndTaskRequest End(string taskId) => new() { RequestId = TestBroker.NewId(), TaskId = taskId, Outcome = Outcome.Completed };
}

/// <summary>Small changes to requests.</summary>
public static class StoryChanges
{
    public static StartTaskRequest Within(this StartTaskRequest request, TimeSpan life) => request.Changed(start => start.TimeToLive = Duration.FromTimeSpan(life));

    public static T Changed<T>(this T request, Action<T> change)
    {
        change(request);
        return request;
    }

    public static Capability With(this Capability capability, Parameter parameter) => capability.Changed(changed => changed.Parameters.Add(parameter));

    public static Capability Only(this Capability capability, Parameter parameter) => capability.Changed(changed => changed.Parameters.Clear()).With(parameter);
}
