using CredBroker.Cedar.Fuzz.Worlds;

namespace CredBroker.Cedar.Fuzz.Facts;

/// <summary>
/// What values are made of. Few of each kind, and the same in entities and in policies, so that what is compared is sometimes equal; among
/// them those at the edges.
/// </summary>
internal static class Samples
{
    private static readonly long[] s_longs = [0, 1, 1, 2, 2, 3, -1, 10];
    private static readonly long[] s_oddLongs = [long.MaxValue, long.MinValue, long.MaxValue - 1, 9007199254740993, 4611686018427387904, -4611686018427387905, 86400000];
    private static readonly string[] s_texts = ["a", "a", "b", "ab", "abc", ""];
    private static readonly string[] s_oddTexts = ["a*b", "\\", "\"", "é", "e\u0301", "\U0001F600", "a\nb", "\0", "'", "1.0", "2024-01-01", "a.b", "null", "ß", "\u200b"];
    private static readonly string[] s_ids = ["a", "b"];
    private static readonly string[] s_oddIds = ["ghost", "", "a b", "é", "\"", "a\\nb", "*"];

    private static readonly Dictionary<string, (string[] Good, string[] Odd, string[] Bad)> s_extensions = new()
    {
        ["decimal"] = (
            ["1.0", "0.5", "1.25", "-1.0", "0.0"],
            ["1.0000", "-0.0", "922337203685477.5807", "-922337203685477.5808", "01.10", "0.0001"],
            ["1", "1.", ".5", "1.00000", "922337203685477.5808", "+1.0", "1.0 ", "", "1e5", "--1.0", "1.-1", "-922337203685477.5809", "\u0661.0"]),
        ["ipaddr"] = (
            ["10.0.0.1", "10.0.0.0/8", "127.0.0.1", "::1", "192.168.0.0/16"],
            ["ff00::/8", "224.0.0.1", "0.0.0.0/0", "::/0", "10.0.0.1/24", "fe80::1/64", "1:2:3:4:5:6:7::", "255.255.255.255/32", "FF02::1", "127.0.0.0/7", "::ffff:0:0/96", "239.0.0.0/4", "::2/127"],
            ["10.0.0", "10.0.0.256", "01.0.0.1", "10.0.0.1/33", "::1/129", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::ffff:1.2.3.4", "10.0.0.1/", "10.0.0.1/08", "[::1]", "fe80::1%eth0", "", "g::", ":::", "1.1.1.1/-1"]),
        ["datetime"] = (
            ["2024-01-01", "2024-01-02", "2024-01-01T12:30:00Z", "2023-06-15"],
            ["1969-12-31T23:59:59.999Z", "2024-10-15T11:35:00+0100", "0000-01-01", "9999-12-31T23:59:59.999Z", "2024-02-29", "0000-02-29", "2024-01-01T00:00:00.001-2359", "1970-01-01T00:00:00-0000"],
            ["2023-02-29", "2024-13-01", "2024-01-32", "2024-01-01T24:00:00Z", "2024-01-01T00:00:60Z", "2024-1-1", "2024-01-01T00:00:00", "2024-01-01T00:00:00.1Z", "2024-01-01T00:00:00+2400", "2024-01-01T00:00:00+0060", "1900-02-29", "2024-01-01 ", "", "2024-01-01t00:00:00z", "-2024-01-01", "2024-01-01T00:00:00+01:00", "2024-01-01Z"]),
        ["duration"] = (
            ["1h", "1d", "90m", "1d2h3m4s5ms", "0s", "-1h"],
            ["-1ms", "9223372036854775807ms", "-9223372036854775808ms", "106751991167d", "-0d", "007s", "1d0h", "36h"],
            ["", "-", "1", "h", "1h1d", "1h1h", "1.5h", "9223372036854775808ms", "106751991168d", "+1h", "1 h", "1H", "1us", "1d-1h", "1y"]),
    };

    public static string Constructor(string type) => type == "ipaddr" ? "ip" : type;

    public static long Long(Dice dice) => dice.Pick(dice.Chance(10) ? s_oddLongs : s_longs);

    public static string Text(Dice dice) => dice.Pick(dice.Chance(8) ? s_oddTexts : s_texts);

    /// <summary>The text of an extension's value.</summary>
    public static string Extension(string type, Dice dice, int percentBad = 0)
    {
        var (good, odd, bad) = s_extensions[type];
        return dice.Pick(dice.Chance(percentBad) ? bad : dice.Chance(25) ? odd : good);
    }

    /// <summary>The id of an entity, which may not be there.</summary>
    public static string Id(EntityKind kind, Dice dice) => kind.Ids is { } ids
        ? dice.Chance(2) ? "nope" : dice.Pick<string>(ids)
        : dice.Pick(dice.Chance(10) ? s_oddIds : s_ids);

    /// <summary>The ids of the entities that are there.</summary>
    public static IEnumerable<string> Ids(EntityKind kind, Dice dice) => kind.Ids is { } ids
        ? dice.Some(ids, 50)
        : [.. s_ids.Where(_ => dice.Chance(93)), .. dice.Some(s_oddIds, 5)];
}
