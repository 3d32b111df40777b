namespace CredBroker.Load;

/// <summary>Minted tokens, kept by caller so that keeping them takes no lock.</summary>
internal sealed class TokenPile
{
    private readonly List<string>[] _byCaller = [.. Enumerable.Range(0, ClosedLoop.Callers).Select(_ => new List<string>(4096))];
    private string[]? _all;

    public void Keep(int caller, string token) => _byCaller[caller].Add(token);

    /// <summary>All of them, once minting is over.</summary>
    public string[] All => _all ??= [.. _byCaller.SelectMany(tokens => tokens)];
}
