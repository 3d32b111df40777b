using System.Text;
using CredBroker.Core;
using CredBroker.Core.Approvals;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using Google.Protobuf.WellKnownTypes;

namespace CredBroker.Server.Wire;

/// <summary>
/// Step one of every slice: the fields of a proto request as typed values. Reads on after the first mistake, but keeps only the first;
/// a value read by mistake is harmless and never used, because the slice asks <see cref="Refusal"/> before it goes on.
/// </summary>
internal sealed class Fields
{
    /// <summary>The first field that was wrong; null: none.</summary>
    public Refusal? Refusal { get; private set; }

    /// <summary>Notes a mistake, unless there was one before.</summary>
    public void Refuse(Reason reason, string field, string detail) => Refusal ??= new Refusal(reason, field, detail);

    /// <summary>A UUID in its canonical text.</summary>
    public RequestId RequestId(string text)
    {
        if (!Core.RequestId.TryParse(text, out var id)) RefuseUuid(text, "request_id");
        return id;
    }

    /// <summary>A UUID in its canonical text.</summary>
    public TaskId TaskId(string text, string field = "task_id")
    {
        if (!Core.Tasks.TaskId.TryParse(text, out var id)) RefuseUuid(text, field);
        return id;
    }

    /// <summary>A UUID in its canonical text.</summary>
    public Jti Jti(string text, string field = "jti")
    {
        if (!Core.Tokens.Jti.TryParse(text, out var id)) RefuseUuid(text, field);
        return id;
    }

    /// <summary>A UUID in its canonical text.</summary>
    public ApprovalId ApprovalId(string text, string field = "approval_id")
    {
        if (!Core.Approvals.ApprovalId.TryParse(text, out var id)) RefuseUuid(text, field);
        return id;
    }

    /// <summary>A UUID in its canonical text.</summary>
    public DecisionId DecisionId(string text)
    {
        if (!Core.DecisionId.TryParse(text, out var id)) RefuseUuid(text, "decision_id");
        return id;
    }

    /// <summary>A token as it was presented: what it is worth is for others to say.</summary>
    public void Token(string text)
    {
        if (text.Length == 0) Refuse(Reason.FieldMissing, "token", "is required");
        else if (text.Length > JwsLimits.Token.MaxLength) Refuse(Reason.FieldTooLong, "token", $"at most {JwsLimits.Token.MaxLength} characters");
    }

    /// <summary>Text of a least and a most number of UTF-8 bytes, with no control character but tab and line breaks.</summary>
    public string Text(string text, string field, int least, int most)
    {
        if (text.Length < least)
            Refuse(Reason.FieldMissing, field, "is required");
        else if (text.Length > most || Encoding.UTF8.GetByteCount(text) > most)
            Refuse(Reason.FieldTooLong, field, $"at most {most} bytes of UTF-8");
        else if (text.Any(letter => char.IsControl(letter) && letter is not ('\t' or '\n' or '\r')))
            Refuse(Reason.FieldMalformed, field, "no control characters but tab and line breaks");
        return text;
    }

    /// <summary>A length of time; null when it is absent.</summary>
    public TimeSpan? Duration(Duration? value, string field, TimeSpan least, TimeSpan most)
    {
        if (value is null) return null;
        // Past these bounds the sum below would overflow; google.protobuf.Duration demands that both parts have one sign.
        if (value.Seconds is < 0 or > 315_576_000_000 || value.Nanos is < 0 or > 999_999_999)
        {
            Refuse(Reason.FieldOutOfRange, field, $"{Words(least)} to {Words(most)}");
            return null;
        }

        var span = TimeSpan.FromSeconds(value.Seconds) + TimeSpan.FromTicks(value.Nanos / TimeSpan.NanosecondsPerTick);
        if (span < least || span > most) Refuse(Reason.FieldOutOfRange, field, $"{Words(least)} to {Words(most)}");
        return span;
    }

    /// <summary>The size of a page; 0 means the default.</summary>
    public int PageSize(int size, int standard, int largest)
    {
        if (size < 0 || size > largest) Refuse(Reason.FieldOutOfRange, "page_size", $"0 to {largest}");
        return size == 0 ? standard : size;
    }

    /// <summary>A length of time that must be there.</summary>
    public TimeSpan RequiredDuration(Duration? value, string field, TimeSpan least, TimeSpan most)
    {
        if (value is null) Refuse(Reason.FieldMissing, field, "is required");
        return Duration(value, field, least, most) ?? least;
    }

    /// <summary>Notes that a tool, an action or a parameter has no name, or one that cannot be.</summary>
    public void RefuseName(string text, string field) => Refuse(
        text.Length == 0 ? Reason.FieldMissing : Reason.FieldMalformed, field,
        text.Length == 0 ? "is required" : "a lower-case name is expected: [a-z][a-z0-9._-]*, at most 64 characters");

    private void RefuseUuid(string text, string field) => Refuse(
        text.Length == 0 ? Reason.FieldMissing : Reason.FieldMalformed, field,
        text.Length == 0 ? "is required" : "a UUID as 36 lower-case characters, not nil, is expected");

    private static string Words(TimeSpan span) => span.TotalSeconds >= 3600 && span.Minutes == 0 && span.Seconds == 0
        ? $"{span.TotalHours:0} h"
        : $"{span.TotalSeconds:0.###} s";
}
