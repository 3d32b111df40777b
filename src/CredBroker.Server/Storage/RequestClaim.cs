namespace CredBroker.Server.Storage;

/// <summary>What is known of a request that came in.</summary>
internal abstract record RequestClaim
{
    private RequestClaim()
    {
    }

    /// <summary>It is the first: do it and store its answer in the same transaction. Retries wait until that ends.</summary>
    public sealed record New : RequestClaim;

    /// <summary>It was answered before: answer the same again.</summary>
    /// <param name="Response">The bytes that were stored.</param>
    public sealed record Answered(byte[] Response) : RequestClaim;

    /// <summary>Another request of the same caller had this id: refuse it.</summary>
    public sealed record DifferentContent : RequestClaim;
}
