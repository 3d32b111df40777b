using System.Globalization;
using CredBroker.Core.Catalog.Sections;

namespace CredBroker.Core.Catalog.Differences;

/// <summary>Collects differences in reading order.</summary>
internal sealed class DifferenceList
{
    private readonly List<CatalogDifference> found = [];

    internal IReadOnlyList<CatalogDifference> Found => found;

    internal void Add(string text, DifferenceEffect effect = DifferenceEffect.Changes) => found.Add(new(effect, text));

    /// <summary>Added, removed and changed things of one section, by name. An added thing widens, a removed one narrows.</summary>
    internal void Compare<TName, TThing>(
        string thing, IReadOnlyDictionary<TName, TThing> old, IReadOnlyDictionary<TName, TThing> @new,
        Func<TThing, string> describe, Action<DifferenceList, string, TThing, TThing> changed) where TName : struct
    {
        foreach (var key in old.Keys.Union(@new.Keys).OrderBy(k => k.ToString(), StringComparer.Ordinal))
        {
            var label = $"{thing} \"{key}\"";
            var before = old.GetValueOrDefault(key);
            var after = @new.GetValueOrDefault(key);
            if (before is null && after is not null)
                Add($"{label} added: {describe(after)}", DifferenceEffect.Widens);
            else if (before is not null && after is null)
                Add($"{label} removed", DifferenceEffect.Narrows);
            else if (before is not null && after is not null)
                changed(this, label, before, after);
        }
    }

    /// <summary>A ceiling: more widens, less narrows.</summary>
    internal void Ceiling(string label, string key, long old, long @new)
    {
        if (old != @new)
            Add(string.Create(CultureInfo.InvariantCulture, $"{label}: {key} {old} -> {@new}"), EffectOf(@new.CompareTo(old)));
    }

    /// <summary>A ceiling on a length of time.</summary>
    internal void Ceiling(string label, string key, TimeSpan old, TimeSpan @new)
    {
        if (old != @new)
            Add($"{label}: {key} {Durations.Show(old)} -> {Durations.Show(@new)}", EffectOf(@new.CompareTo(old)));
    }

    /// <summary>A permission: yes widens, no narrows.</summary>
    internal void Permission(string label, string key, bool old, bool @new)
    {
        if (old != @new)
            Add($"{label}: {key} {Word(old)} -> {Word(@new)}", @new ? DifferenceEffect.Widens : DifferenceEffect.Narrows);
    }

    /// <summary>A value with no more and no less.</summary>
    internal void Value(string label, string key, string? old, string? @new)
    {
        if (old != @new)
            Add($"{label}: {key} {old ?? "nothing"} -> {@new ?? "nothing"}");
    }

    /// <summary>Members of a set, each of which is one more way or right.</summary>
    internal void Members(string label, string gained, string lost, IEnumerable<string> old, IEnumerable<string> @new)
    {
        var before = old.ToHashSet(StringComparer.Ordinal);
        var after = @new.ToHashSet(StringComparer.Ordinal);
        foreach (var member in after.Except(before).Order(StringComparer.Ordinal))
            Add($"{label}: {gained} {member}", DifferenceEffect.Widens);
        foreach (var member in before.Except(after).Order(StringComparer.Ordinal))
            Add($"{label}: {lost} {member}", DifferenceEffect.Narrows);
    }

    private static DifferenceEffect EffectOf(int comparison) => comparison > 0 ? DifferenceEffect.Widens : DifferenceEffect.Narrows;

    private static string Word(bool value) => value ? "yes" : "no";
}
