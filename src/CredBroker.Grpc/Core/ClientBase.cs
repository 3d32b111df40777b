using Grpc.Core.Interceptors;

namespace Grpc.Core;

/// <summary>What generated clients have in common, with their own type.</summary>
public abstract class ClientBase<T> : ClientBase
    where T : ClientBase<T>
{
    /// <summary>For mocks.</summary>
    protected ClientBase()
    {
    }

    /// <summary>Over a channel.</summary>
    protected ClientBase(ChannelBase channel) : base(channel)
    {
    }

    /// <summary>Over an invoker.</summary>
    protected ClientBase(CallInvoker callInvoker) : base(callInvoker)
    {
    }

    /// <summary>Over a configuration.</summary>
    protected ClientBase(ClientBaseConfiguration configuration) : base(configuration)
    {
    }

    /// <summary>A client like this one that calls another host over the same channel.</summary>
    public T WithHost(string host) => NewInstance(new ClientBaseConfiguration(Configuration.Invoker, host));

    /// <summary>Makes a client from a configuration.</summary>
    protected abstract T NewInstance(ClientBaseConfiguration configuration);
}

/// <summary>What generated clients have in common.</summary>
public abstract class ClientBase
{
    private readonly ClientBaseConfiguration? _configuration;

    /// <summary>For mocks.</summary>
    protected ClientBase()
    {
    }

    /// <summary>Over a channel.</summary>
    protected ClientBase(ChannelBase channel) : this(channel.CreateCallInvoker())
    {
    }

    /// <summary>Over an invoker.</summary>
    protected ClientBase(CallInvoker callInvoker) : this(new ClientBaseConfiguration(callInvoker, null))
    {
    }

    /// <summary>Over a configuration.</summary>
    protected ClientBase(ClientBaseConfiguration configuration) => _configuration = configuration;

    /// <summary>Makes the calls.</summary>
    protected CallInvoker CallInvoker => Configuration.Invoker;

    private protected ClientBaseConfiguration Configuration =>
        _configuration ?? throw new NotSupportedException("A client made for mocking makes no calls.");

    /// <summary>How a client makes its calls.</summary>
    protected internal sealed class ClientBaseConfiguration
    {
        internal ClientBaseConfiguration(CallInvoker undecorated, string? host) =>
            Invoker = host is null ? undecorated : undecorated.Intercept(new HostInterceptor(host));

        internal CallInvoker Invoker { get; }
    }
}
