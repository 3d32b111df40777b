using System.Reflection;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;

namespace CredBroker.Tests.Conventions;

/// <summary>What was not decided cannot be signed: approvals have no public constructor, and no public way to change them.</summary>
public sealed class UnforgeableTests
{
    [Theory]
    [InlineData(typeof(ApprovedGrant))]
    [InlineData(typeof(ApprovedTask))]
    [InlineData(typeof(ApprovedIdentity))]
    [InlineData(typeof(ApprovedUse))]
    public void Approvals_are_made_in_Core_only_and_never_change(Type approval)
    {
        Assert.True(approval.IsSealed);
        Assert.Empty(approval.GetConstructors(BindingFlags.Public | BindingFlags.Instance));
        Assert.DoesNotContain(approval.GetProperties(), property => property.SetMethod is { IsPublic: true });
        Assert.Empty(approval.GetFields(BindingFlags.Public | BindingFlags.Instance));
    }
}
