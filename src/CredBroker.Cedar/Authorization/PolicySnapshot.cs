using System.Collections.Immutable;
using System.Security.Cryptography;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Evaluation;
using CredBroker.Cedar.Policies;

namespace CredBroker.Cedar.Authorization;

/// <summary>
/// A policy set, compiled and indexed by scope, to decide requests with. Immutable and safe to share: threads need a result each, nothing
/// else. What a decision costs depends on the policies whose scope the request matches, not on how many there are.
/// </summary>
public sealed class PolicySnapshot
{
    private readonly ScopeIndex _index = new();

    private PolicySnapshot(PolicySet policies, ImmutableArray<byte> digest) => (Policies, Digest) = (policies, digest);

    /// <summary>What was compiled.</summary>
    public PolicySet Policies { get; }

    /// <summary>SHA-256 over the set's JSON: 32 bytes, the same for sets that are equal, wherever their policies were written.</summary>
    public ImmutableArray<byte> Digest { get; }

    /// <summary>Compiles a set.</summary>
    public static PolicySnapshot Compile(PolicySet policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        var content = PolicyJson.WriteUtf8(json => PolicySetJson.Write(json, policies));
        var snapshot = new PolicySnapshot(policies, [.. SHA256.HashData(content.WrittenSpan)]);
        foreach (var (id, policy) in policies.Policies)
            snapshot._index.Add(new(id, policy, Compiler.Compile(policy.Conditions)));
        var conditions = policies.Templates.ToDictionary(template => template.Key, template => Compiler.Compile(template.Value.Conditions));
        foreach (var (id, link) in policies.Links)
            snapshot._index.Add(new(id, link.Apply(policies.Templates[link.TemplateId]), conditions[link.TemplateId]));
        return snapshot;
    }

    /// <summary>Decides a request.</summary>
    public AuthorizationResult Authorize(CedarRequest request, EntityStore entities)
    {
        var result = new AuthorizationResult();
        Authorize(request, entities, result);
        return result;
    }

    /// <summary>Decides a request into a result that was used before; what was in it is gone. Allocates nothing once the result has grown.</summary>
    public Decision Authorize(CedarRequest request, EntityStore entities, AuthorizationResult result)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(entities);
        ArgumentNullException.ThrowIfNull(result);
        result.Clear();
        var frame = new Frame(request, entities);
        _index.Decide(ref frame, result);
        return result.Decision;
    }
}
