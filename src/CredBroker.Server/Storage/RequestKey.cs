using CredBroker.Core;

namespace CredBroker.Server.Storage;

/// <summary>A mutating request: who sent it, under which id, and what it says.</summary>
/// <param name="Caller">The proven name of the caller: ids of different callers never meet.</param>
/// <param name="Id">Chosen by the caller.</param>
/// <param name="Rpc">The method: one id is good for one of them.</param>
/// <param name="Digest">SHA-256 of the request's bytes.</param>
internal sealed record RequestKey(string Caller, RequestId Id, string Rpc, byte[] Digest);
