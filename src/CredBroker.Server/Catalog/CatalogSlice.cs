using Microsoft.Extensions.DependencyInjection;

namespace CredBroker.Server.Catalog;

/// <summary>Registers the slice.</summary>
internal static class CatalogSlice
{
    public static void AddCatalog(this IServiceCollection services)
    {
        services.AddSingleton<ApplyCatalog>();
        services.AddSingleton<GetCatalog>();
        services.AddSingleton<CatalogFolder>();
    }
}
