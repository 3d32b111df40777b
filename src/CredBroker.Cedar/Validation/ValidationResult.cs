using System.Collections.Immutable;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Validation;

/// <summary>What was found in a policy set.</summary>
/// <param name="Errors">Every mistake, each with its policy and its place, in the order of the policies' ids.</param>
/// <param name="Warnings">What is allowed, and was hardly meant.</param>
public sealed record ValidationResult(ImmutableArray<CedarError> Errors, ImmutableArray<CedarError> Warnings)
{
    /// <summary>True when there is no error: then no policy ever fails with a type error on requests and entities that fit the schema.</summary>
    public bool IsValid => Errors.IsEmpty;
}
