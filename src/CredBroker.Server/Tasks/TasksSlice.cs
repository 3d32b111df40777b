using Microsoft.Extensions.DependencyInjection;

namespace CredBroker.Server.Tasks;

/// <summary>Registers the slice.</summary>
internal static class TasksSlice
{
    public static void AddTasks(this IServiceCollection services)
    {
        services.AddSingleton<StartTask>();
        services.AddSingleton<DelegateTask>();
        services.AddSingleton<AcceptTask>();
        services.AddSingleton<Heartbeat>();
        services.AddSingleton<EndTask>();
        services.AddSingleton<GetTask>();
        services.AddSingleton<RecordResult>();
        services.AddSingleton<ListTasks>();
        services.AddSingleton<OwnTask>();
    }
}
