using System.Text;
using CredBroker.Server.Attestation;

namespace CredBroker.Tests.Attestation;

public class ControlGroupTests
{
    private const string Id = "3f4e0d8a5b6c7d8e9f00112233445566778899aabbccddeeff0011223344556a";
    private const string Other = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Theory]
    [InlineData("0::/system.slice/agent.service\n", "/system.slice/agent.service")]
    [InlineData("0::/\n12:memory:/docker/x\n", "/docker/x")] // hybrid
    [InlineData("0::/a\n12:memory:/b\n", "/a")]
    [InlineData("5:cpu,cpuacct:/c\n4:pids:/p\n12:memory:/m\n", "/m")]
    [InlineData("5:cpu,cpuacct:/c\n4:pids:/p\n12:blkio,memory:/m\n", "/m")]
    [InlineData("1:name=systemd:/user.slice/x.scope\n", "/user.slice/x.scope")]
    [InlineData("0::/with:colon\n", "/with:colon")]
    public void The_group_is_the_path_that_says_most(string text, string path) => Assert.Equal(path, ControlGroup.Parse(text)?.Path);

    [Theory]
    [InlineData("")]
    [InlineData("0::/\n")]
    [InlineData("0::/..\n")]
    [InlineData("0::/../sibling\n")] // outside our cgroup namespace
    [InlineData("0::relative\n")]
    [InlineData("0:\n")]
    [InlineData("9:freezer:/made-by-the-user\n")]
    [InlineData("9:name=mine:/made-by-the-user\n")]
    [InlineData("0:memory:/not-version-1\n")]
    public void The_root_group_and_what_a_user_could_have_made_say_nothing(string text) => Assert.Null(ControlGroup.Parse(text));

    [Theory]
    [InlineData("/docker/" + Id)]
    [InlineData("/system.slice/docker-" + Id + ".scope")]
    [InlineData("/kubepods.slice/kubepods-burstable.slice/kubepods-pod1.slice/cri-containerd-" + Id + ".scope")]
    [InlineData("/kubepods/besteffort/pod1/" + Id)]
    [InlineData("/machine.slice/libpod-" + Id + ".scope")]
    [InlineData("/kubepods.slice/crio-" + Id + ".scope/container")]
    public void The_container_is_known_by_the_names_that_engines_give(string path) =>
        Assert.Equal(Id, ControlGroup.Parse($"0::{path}\n")?.ContainerId);

    [Theory]
    [InlineData("/docker/" + Id + "0")]
    [InlineData("/docker/unknown-" + Id)]
    [InlineData("/docker/3F4E0D8A5B6C7D8E9F00112233445566778899AABBCCDDEEFF0011223344556A")]
    [InlineData("/docker/" + Id + ".service")]
    [InlineData("/system.slice/agent.service")]
    public void A_name_that_only_looks_like_a_container_is_none(string path) =>
        Assert.Null(ControlGroup.Parse($"0::{path}\n")?.ContainerId);

    [Fact]
    public void A_container_cannot_pass_for_another_by_making_a_group_below_its_own() =>
        Assert.Equal(Id, ControlGroup.Parse($"0::/docker/{Id}/docker/{Other}\n")?.ContainerId);

    [Fact]
    public void A_user_cannot_pass_for_a_container_in_the_part_of_the_tree_that_systemd_gives_him() =>
        Assert.Null(ControlGroup.Parse($"0::/user.slice/user-1000.slice/user@1000.service/docker-{Id}.scope\n")?.ContainerId);

    [Fact]
    public void Whatever_the_text_the_answer_is_an_absolute_path_and_a_well_formed_id_or_nothing()
    {
        string[] pieces = ["0:", ":", "/", "memory", "..", "\n", "\0", "docker-", ".scope", Id, "name=systemd", ",", "é", "12"];
        var seed = 1u;
        for (var run = 0; run < 20_000; run++)
        {
            var text = new StringBuilder();
            for (var i = 0; i < 14; i++)
            {
                seed = unchecked((seed * 1_664_525) + 1_013_904_223);
                text.Append(pieces[(seed >> 16) % pieces.Length]);
            }

            var group = ControlGroup.Parse(text.ToString());
            if (group is null)
                continue;
            Assert.StartsWith("/", group.Path, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', group.Path);
            Assert.True(group.ContainerId is null or { Length: 64 });
        }
    }
}
