using System.Diagnostics;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Tokens;
using CredBroker.Tests.Capabilities;

namespace CredBroker.Tests.Tokens;

public sealed class HistoryLabelsTests
{
    private static readonly ActionRule Send = Rules.Of("mail", "send") with { Risk = RiskClass.Write, Data = DataClass.Confidential, Egress = true };

    [Fact]
    public void A_first_grant_adds_all_its_labels() =>
        Assert.Equal(["data:confidential", "tool:mail", "risk:write", "egress"], HistoryLabels.AddedBy(Send, []));

    [Fact]
    public void Egress_is_a_label_only_of_what_can_carry_data_out() =>
        Assert.Equal(["data:confidential", "tool:mail", "risk:write"], HistoryLabels.AddedBy(Send with { Egress = false }, []));

    [Fact]
    public void Only_what_the_history_does_not_have_is_added()
    {
        Assert.Equal(["tool:mail", "egress"], HistoryLabels.AddedBy(Send, ["risk:write", "data:confidential", "tool:mails"]));
        Assert.Empty(HistoryLabels.AddedBy(Send, ["egress", "risk:write", "data:confidential", "tool:mail"]));
    }

    [Fact]
    public void A_grant_asked_for_again_adds_nothing()
    {
        foreach (var risk in Enum.GetValues<RiskClass>())
        {
            foreach (var data in Enum.GetValues<DataClass>())
            {
                var rule = Send with { Risk = risk, Data = data };
                Assert.Empty(HistoryLabels.AddedBy(rule, HistoryLabels.AddedBy(rule, [])));
            }
        }
    }

    [Fact]
    public void Each_class_has_its_label()
    {
        Assert.Equal(["data:public", "data:internal", "data:confidential", "data:secret"], Enum.GetValues<DataClass>().Select(HistoryLabels.OfData));
        Assert.Equal(["risk:read", "risk:write", "risk:privileged"], Enum.GetValues<RiskClass>().Select(HistoryLabels.OfRisk));
        Assert.Equal("tool:mail", HistoryLabels.OfTool(Make.Tool("mail")));
        Assert.Throws<UnreachableException>(() => HistoryLabels.OfData(default));
        Assert.Throws<UnreachableException>(() => HistoryLabels.OfRisk(default));
    }
}
