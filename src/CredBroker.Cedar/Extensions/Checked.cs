namespace CredBroker.Cedar.Extensions;

/// <summary>Arithmetic of 64 bits that says when a result does not fit, without an exception.</summary>
internal static class Checked
{
    internal static bool TryAdd(long left, long right, out long result)
    {
        result = unchecked(left + right);
        return ((left ^ result) & (right ^ result)) >= 0;
    }

    internal static bool TrySubtract(long left, long right, out long result)
    {
        result = unchecked(left - right);
        return ((left ^ right) & (left ^ result)) >= 0;
    }

    internal static bool TryMultiply(long left, long right, out long result)
    {
        var high = Math.BigMul(left, right, out result);
        return high == result >> 63;
    }

    internal static bool TryNegate(long value, out long result)
    {
        result = unchecked(-value);
        return value != long.MinValue;
    }
}
