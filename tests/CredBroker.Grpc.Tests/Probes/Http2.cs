namespace Grpc.Tests.Probes;

/// <summary>Source: RFC 9113, section 6.</summary>
internal enum FrameType
{
    Data, Headers, Priority, Reset, Settings, PushPromise, Ping, GoAway, WindowUpdate, Continuation,

    /// <summary>One that no specification defines.</summary>
    Unknown = 0x2a,
}

/// <summary>Source: RFC 9113, section 6.</summary>
internal static class FrameFlags
{
    public const byte None = 0;
    public const byte Ack = 0x1;
    public const byte EndStream = 0x1;
    public const byte EndHeaders = 0x4;
    public const byte Padded = 0x8;
}

/// <summary>Source: RFC 9113, section 7.</summary>
internal enum Http2Error
{
    None, Protocol, Internal, FlowControl, SettingsTimeout, StreamClosed, FrameSize, RefusedStream, Cancel, Compression, Connect, EnhanceYourCalm,
}

/// <summary>Source: RFC 9113, section 6.5.2.</summary>
internal enum Http2Setting
{
    HeaderTableSize = 1, EnablePush, MaxConcurrentStreams, InitialWindowSize, MaxFrameSize, MaxHeaderListSize,
}
