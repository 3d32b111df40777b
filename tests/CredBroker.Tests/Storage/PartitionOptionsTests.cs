using System.ComponentModel.DataAnnotations;
using CredBroker.Server.Storage;

namespace CredBroker.Tests.Storage;

public sealed class PartitionOptionsTests
{
    [Fact]
    public void The_defaults_keep_tokens_two_days_and_the_audit_for_ever()
    {
        var options = new PartitionOptions();

        Assert.Empty(Errors(options));
        Assert.Equal([TimeSpan.FromDays(2), TimeSpan.FromDays(2), TimeSpan.FromDays(2), null], PartitionedTable.All.Select(options.Of));
    }

    [Theory]
    [InlineData(25, true)]
    [InlineData(72, true)]
    [InlineData(24, false)]
    [InlineData(73, false)]
    [InlineData(-1, false)]
    public void Tokens_outlive_the_longest_task_and_stay_few(int hours, bool accepted)
    {
        var errors = Errors(new() { TokenRetention = TimeSpan.FromHours(hours) });

        Assert.Equal(accepted, errors.Count == 0);
        Assert.All(errors, e => Assert.Contains(nameof(PartitionOptions.TokenRetention), e.ErrorMessage, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(31, true)]
    [InlineData(30, false)]
    public void The_audit_is_kept_for_a_month_at_least(int days, bool accepted) =>
        Assert.Equal(accepted, Errors(new() { AuditRetention = TimeSpan.FromDays(days) }).Count == 0);

    private static List<ValidationResult> Errors(PartitionOptions options)
    {
        var errors = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), errors, validateAllProperties: true);
        return errors;
    }
}
