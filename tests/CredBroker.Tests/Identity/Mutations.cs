using System.Text;

namespace CredBroker.Tests.Identity;

/// <summary>A seeded stream of random and of slightly damaged texts, the same in every run.</summary>
public sealed class Mutations(ulong seed)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_....{}[]\"\\:,= \n\0\u00e9\ud800";
    private ulong _state = seed;

    /// <summary>SplitMix64: enough for damage, and no banned generator.</summary>
    public int Next(int below)
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            var z = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return (int)((z ^ (z >> 31)) % (ulong)below);
        }
    }

    public string Random(int maxLength)
    {
        var text = new StringBuilder();
        for (var left = Next(maxLength); left > 0; left--) text.Append(Alphabet[Next(Alphabet.Length)]);
        return text.ToString();
    }

    /// <summary>Replaces, removes, doubles or inserts one to four times.</summary>
    public string Damage(string good)
    {
        var text = new StringBuilder(good);
        for (var times = 1 + Next(4); times > 0 && text.Length > 0; times--)
        {
            var at = Next(text.Length);
            switch (Next(5))
            {
                case 0: text[at] = Alphabet[Next(Alphabet.Length)]; break;
                case 1: text.Remove(at, 1 + Next(Math.Min(8, text.Length - at))); break;
                case 2: text.Insert(at, text.ToString(at, Math.Min(1 + Next(16), text.Length - at))); break;
                case 3: text.Insert(at, Alphabet[Next(Alphabet.Length)]); break;
                default: text.Length = at; break;
            }
        }
        return text.ToString();
    }

    public byte[] DamageBytes(byte[] good)
    {
        var bytes = good.ToArray();
        for (var times = 1 + Next(4); times > 0; times--) bytes[Next(bytes.Length)] = (byte)Next(256);
        return Next(4) == 0 ? bytes[..Next(bytes.Length)] : bytes;
    }
}
