using CredBroker.Cedar.Fuzz.Mutation;

namespace CredBroker.Cedar.Fuzz.Shrinking;

/// <summary>
/// Makes a case smaller while it stays interesting: parts are dropped, by halves first, then one by one; objects give way to what is in
/// them; texts lose tokens.
/// </summary>
internal sealed class Shrinker(Func<JsonTree, Task<bool>> isInteresting, int attempts = 3_000)
{
    private int _left = attempts;

    public async Task<JsonTree> ShrinkAsync(JsonTree json)
    {
        while (_left > 0)
        {
            var smaller = await ShrinkAsync(json, whole => whole, isRoot: true);
            if (smaller.ToString() == json.ToString()) return smaller;
            json = smaller;
        }

        return json;
    }

    private async Task<JsonTree> ShrinkAsync(JsonTree json, Func<JsonTree, JsonTree> put, bool isRoot = false)
    {
        switch (json)
        {
            case JsonTree.Array { All: var items }:
                items = [.. await DropAsync(items, some => put(JsonTree.List(some)))];
                for (var i = 0; i < items.Length; i++)
                {
                    var (all, at) = (items, i);
                    items = items.SetItem(i, await ShrinkAsync(items[i], item => put(new JsonTree.Array(all.SetItem(at, item)))));
                }

                return await HoistAsync(new JsonTree.Array(items), items, put);
            case JsonTree.Object { Members: var members }:
                members = [.. await DropAsync(members, some => put(new JsonTree.Object([.. some])))];
                for (var i = 0; i < members.Length; i++)
                {
                    var (all, at) = (members, i);
                    var value = await ShrinkAsync(members[i].Value, value => put(new JsonTree.Object(all.SetItem(at, all[at] with { Value = value }))));
                    members = members.SetItem(i, members[i] with { Value = value });
                }

                var smaller = new JsonTree.Object(members);
                return isRoot ? smaller : await HoistAsync(smaller, [.. members.Select(member => member.Value)], put);
            case JsonTree.Text { Value: var text }:
                return JsonTree.Of(await ShrinkAsync(text, some => put(JsonTree.Of(some))));
            default:
                return json;
        }
    }

    private async Task<JsonTree> HoistAsync(JsonTree json, IReadOnlyList<JsonTree> parts, Func<JsonTree, JsonTree> put)
    {
        foreach (var part in parts)
            if (part.GetType() == json.GetType() && await TryAsync(put(part))) return part;
        return json;
    }

    private async Task<string> ShrinkAsync(string text, Func<string, JsonTree> put)
    {
        JsonTree Put(IEnumerable<string> tokens) => put(Tokens.Join(tokens));
        IReadOnlyList<string> tokens = await DropAsync(Tokens.Of(text), Put);
        tokens = await UnwrapAsync(tokens, Put);
        if (tokens.Count > 12) tokens = await ReplaceAsync(tokens, Put);
        return Tokens.Join(tokens);
    }

    /// <summary>Without the brackets around a part.</summary>
    private async Task<IReadOnlyList<string>> UnwrapAsync(IReadOnlyList<string> tokens, Func<IEnumerable<string>, JsonTree> put)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i] is not ("(" or "[" or "{") || Closing(tokens, i) is not (> 0 and var end)) continue;
            List<string> without = [.. tokens.Take(i), .. tokens.Skip(i + 1).Take(end - i - 1), .. tokens.Skip(end + 1)];
            List<string> empty = [.. tokens.Take(i + 1), .. tokens.Skip(end)];
            List<string> gone = [.. tokens.Take(i), .. tokens.Skip(end + 1)];
            foreach (var smaller in new[] { gone, empty, without })
            {
                if (smaller.Count == tokens.Count || !await TryAsync(put(smaller))) continue;
                tokens = smaller;
                break;
            }
        }

        return tokens;
    }

    /// <summary>With a literal in place of a part.</summary>
    private async Task<IReadOnlyList<string>> ReplaceAsync(IReadOnlyList<string> tokens, Func<IEnumerable<string>, JsonTree> put)
    {
        for (var size = Math.Min(32, tokens.Count / 2); size > 1; size /= 2)
        {
            for (var i = 0; i + size <= tokens.Count; i++)
            {
                List<string> smaller = [.. tokens.Take(i), " true ", .. tokens.Skip(i + size)];
                if (await TryAsync(put(smaller))) tokens = Tokens.Of(Tokens.Join(smaller));
            }
        }

        return tokens;
    }

    private static int Closing(IReadOnlyList<string> tokens, int open)
    {
        var depth = 0;
        for (var i = open; i < tokens.Count; i++)
        {
            if (tokens[i] is "(" or "[" or "{") depth++;
            if (tokens[i] is ")" or "]" or "}" && --depth == 0) return i;
        }

        return -1;
    }

    private async Task<IReadOnlyList<T>> DropAsync<T>(IReadOnlyList<T> all, Func<IEnumerable<T>, JsonTree> put)
    {
        for (var size = all.Count; size > 0; size /= 2)
        {
            for (var i = 0; i < all.Count && _left > 0;)
            {
                List<T> without = [.. all.Take(i), .. all.Skip(i + size)];
                if (await TryAsync(put(without)))
                    all = without;
                else
                    i += Math.Max(1, size / 2);
            }
        }

        return all;
    }

    private async Task<bool> TryAsync(JsonTree smaller) => _left-- > 0 && await isInteresting(smaller);
}
