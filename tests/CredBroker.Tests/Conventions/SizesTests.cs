using CredBroker.Tests.Testing;

namespace CredBroker.Tests.Conventions;

/// <summary>The file budget: half of the files fit on a screen, none needs a table of contents.</summary>
public sealed class SizesTests
{
    private static readonly int[] s_lines = [.. Repository.Sources("src").Select(path => Repository.Read(path).Count(c => c == '\n')).Order()];

    [Fact]
    public void No_file_is_over_400_lines() =>
        Assert.DoesNotContain(Repository.Sources("src").Concat(Repository.Sources("tests")), path => Repository.Read(path).Count(c => c == '\n') > 400);

    [Fact]
    public void The_median_file_has_at_most_80_lines_and_nine_in_ten_at_most_200()
    {
        Assert.InRange(s_lines[s_lines.Length / 2], 1, 80);
        Assert.InRange(s_lines[s_lines.Length * 9 / 10], 1, 200);
    }

    [Fact]
    public void Names_of_files_say_what_is_in_them() =>
        Assert.DoesNotContain(Repository.Sources("src").Select(path => Path.GetFileNameWithoutExtension(path)!),
            name => name.EndsWith("Manager", StringComparison.Ordinal) || name.Contains("Helper", StringComparison.Ordinal)
                || name.Contains("Util", StringComparison.Ordinal));
}
