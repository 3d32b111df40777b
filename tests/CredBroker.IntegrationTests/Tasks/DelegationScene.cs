using CredBroker.Client;
using CredBroker.Server;

namespace CredBroker.IntegrationTests.Tasks;

/// <summary>A broker, and those who delegate to each other: an agent, a helper and a second. Backends ask about their tokens.</summary>
public abstract class DelegationScene(Postgres postgres, Action<BrokerOptions>? configure = null) : IAsyncLifetime
{
    private protected TestBroker Broker { get; private set; } = null!;

    private protected AgentSession Agent { get; private set; } = null!;

    private protected AgentSession Helper { get; private set; } = null!;

    private protected AgentSession Second { get; private set; } = null!;

    private protected AgentSession Backend { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        Broker = await TestBroker.StartAsync(postgres, configure, Delegations.Yaml());
        Agent = await Broker.AgentAsync();
        Helper = await Broker.JoinAsync("helper");
        Second = await Broker.JoinAsync("second");
        Backend = await Broker.JoinAsync("backend");
    }

    public async ValueTask DisposeAsync()
    {
        await Backend.DisposeAsync();
        await Second.DisposeAsync();
        await Helper.DisposeAsync();
        await Agent.DisposeAsync();
        await Broker.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
