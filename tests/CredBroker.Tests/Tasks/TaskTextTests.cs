using CredBroker.Core;
using CredBroker.Core.Tasks;

namespace CredBroker.Tests.Tasks;

public sealed class TaskTextTests
{
    [Theory]
    [InlineData("x")]
    [InlineData("two\tlines\r\nof text")]
    [InlineData("Größe 日本語 👩‍💻")]
    public void Texts_of_people_pass(string text) => Assert.Null(TaskText.Refuse("f", text, 4096));

    [Fact]
    public void An_empty_text_is_missing() => Assert.Equal(Reason.FieldMissing, TaskText.Refuse("f", "", 10)?.Reason);

    [Fact]
    public void Length_counts_bytes_of_utf_8()
    {
        Assert.Null(TaskText.Refuse("f", "12345678é", 10));
        Assert.Equal(Reason.FieldTooLong, TaskText.Refuse("f", "123456789é", 10)?.Reason);
        Assert.Equal(Reason.FieldTooLong, TaskText.Refuse("f", "12345678901", 10)?.Reason);
        Assert.Equal("f", TaskText.Refuse("f", "12345678901", 10)?.Field);
    }

    [Fact]
    public void What_cannot_be_stored_or_would_speak_to_a_terminal_is_malformed()
    {
        foreach (var text in new[] { "a\0b", "a\u001b[31mb", "a\u007fb", "a\u009bb", "a\bb", "a\ud800b", "\udc00" })
        {
            Assert.Equal(Reason.FieldMalformed, TaskText.Refuse("f", text, 4096)?.Reason);
        }
    }
}
