using System.Text.RegularExpressions;
using CredBroker.Core;
using CredBroker.Server.Hosting;
using CredBroker.Tests.Testing;
using CredBroker.V1.Errors;
using Google.Rpc;
using Grpc.Core;
using ContractReason = CredBroker.V1.Errors.Reason;
using Reason = CredBroker.Core.Reason;

namespace CredBroker.Tests.Conventions;

/// <summary>Core has the reasons without protobuf, and the contract has them with it: they are the same, by number and by name.</summary>
public sealed partial class ReasonContractTests
{
    private const string Prefix = "REASON_";

    private static readonly Dictionary<int, string> s_contract = ErrorsReflection.Descriptor.EnumTypes.Single().Values
        .ToDictionary(value => value.Number, value => value.Name);

    [Fact]
    public void Core_and_contract_have_the_same_reasons_but_for_what_hides_them()
    {
        var core = Enum.GetValues<Reason>().Select(reason => (Number: (int)reason, Name: Prefix + StatusMap.NameOf(reason)));
        var contract = s_contract.Where(value => value.Key != (int)ContractReason.Denied).Select(value => (Number: value.Key, Name: value.Value));

        Assert.Equal(core.OrderBy(value => value.Number), contract.OrderBy(value => value.Number));
    }

    [Fact]
    public void In_code_they_have_the_same_names_too() =>
        Assert.Equal(
            Enum.GetNames<Reason>().Append(nameof(ContractReason.Denied)).Order(StringComparer.Ordinal),
            Enum.GetNames<ContractReason>().Order(StringComparer.Ordinal));

    [Fact]
    public void What_a_caller_is_told_is_a_name_of_the_contract_without_its_prefix()
    {
        foreach (var reason in Enum.GetValues<Reason>().Where(reason => reason != Reason.Unspecified))
        {
            var refusal = new Refusal(reason);
            Assert.Equal(s_contract[(int)reason], Prefix + Told(refusal, mayKnow: true));
            Assert.Equal(s_contract[refusal.IsDenial ? (int)ContractReason.Denied : (int)reason], Prefix + Told(refusal, mayKnow: false));
        }
    }

    [Fact]
    public void What_hides_a_denial_stands_among_the_denials_and_is_never_a_reason()
    {
        Assert.True(new Refusal((Reason)ContractReason.Denied).IsDenial);
        Assert.False(Enum.IsDefined((Reason)ContractReason.Denied));
        Assert.Equal(Prefix + StatusMap.Denied, s_contract[(int)ContractReason.Denied]);
    }

    [Fact]
    public void Every_reason_of_the_contract_is_documented_there()
    {
        var documented = Documented().Matches(Repository.Read("protos/credbroker/v1/errors.proto")).Select(match => match.Groups["name"].Value);

        Assert.Equal(s_contract.Values.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    private static string Told(Refusal refusal, bool mayKnow)
    {
        RpcException told = StatusMap.Of(refusal, null, mayKnow);
        var details = Google.Rpc.Status.Parser.ParseFrom(told.Trailers.GetValueBytes("grpc-status-details-bin"));
        return details.Details.Single(detail => detail.Is(ErrorInfo.Descriptor)).Unpack<ErrorInfo>().Reason;
    }

    // A comment that ends in the line above: that of a group is followed by an empty line.
    [GeneratedRegex(@"^  //[^\n]*\.\n  (?<name>REASON_\w+) = \d+;$", RegexOptions.Multiline)]
    private static partial Regex Documented();
}
