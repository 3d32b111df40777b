using System.Collections.Immutable;
using CredBroker.Cedar.Fuzz.Worlds;

namespace CredBroker.Cedar.Fuzz.Policies;

/// <summary>A step from a value to one in it.</summary>
/// <param name="Name">An attribute, or a tag.</param>
/// <param name="IsTag">True for a tag.</param>
/// <param name="IsOptional">True where it must be tested first.</param>
internal sealed record Step(string Name, bool IsTag, bool IsOptional);

/// <summary>What can be reached from a variable.</summary>
/// <param name="Root">The variable.</param>
/// <param name="Steps">What is taken from it, one after the other.</param>
/// <param name="Shape">What is there.</param>
internal sealed record Path(string Root, ImmutableArray<Step> Steps, Shape Shape)
{
    /// <summary>The same for all ways to write it.</summary>
    public string Key { get; } = $"{Root}{string.Concat(Steps.Select(step => $"{(step.IsTag ? '#' : '.')}\"{step.Name}\""))}";

    /// <summary>Parts of this path, from the shortest, whose last step must be tested first.</summary>
    public ImmutableArray<Path> Tests { get; init; } = [];

    public Path Then(Step step, Shape shape)
    {
        var next = new Path(Root, Steps.Add(step), shape);
        return next with { Tests = step.IsOptional ? Tests.Add(next) : Tests };
    }

    public Fragment Write(Dice dice, int steps = -1)
    {
        var text = Root;
        foreach (var step in steps < 0 ? Steps : Steps[..steps])
        {
            text += step.IsTag ? $".getTag({Quotes.Text(step.Name, dice)})"
                : Name.IsIdentifier(step.Name) && dice.Chance(93) ? $".{step.Name}"
                : $"[{Quotes.Text(step.Name, dice)}]";
        }

        return Fragment.Member(text);
    }

    /// <summary>Whether the last step can be taken.</summary>
    public Fragment WriteTest(Dice dice)
    {
        var owner = Write(dice, Steps.Length - 1);
        var last = Steps[^1];
        return last.IsTag
            ? Fragment.Member($"{owner}.hasTag({Quotes.Text(last.Name, dice)})")
            : Fragment.Relation($"{owner} has {Quotes.Name(last.Name, dice)}");
    }

    /// <summary>Whether all steps can be taken, in one; null where that cannot be written.</summary>
    public Fragment? WriteTests() => Steps.All(step => !step.IsTag && Name.IsIdentifier(step.Name))
        ? Fragment.Relation($"{Root} has {string.Join('.', Steps.Select(step => step.Name))}")
        : null;
}
