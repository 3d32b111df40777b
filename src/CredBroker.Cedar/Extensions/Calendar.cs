namespace CredBroker.Cedar.Extensions;

/// <summary>Days of the proleptic Gregorian calendar, which .NET has from year 1 only and Cedar from year 0.</summary>
internal static class Calendar
{
    // Year 0 is a leap year, 719528 days before 1970-01-01.
    private const long DayOfYearZero = -719_528;
    private const int MaxYear = 9_999;

    /// <summary>Days from 1970-01-01 to a date; false for a date that does not exist.</summary>
    internal static bool TryGetDay(int year, int month, int date, out long day)
    {
        day = 0;
        if (month is < 1 or > 12 || date < 1 || date > DaysOf(year, month)) return false;
        day = DayOfYearZero + DaysBefore(year) + date - 1;
        for (var m = 1; m < month; m++) day += DaysOf(year, m);
        return true;
    }

    /// <summary>The date of a day; false outside the years 0 to 9999.</summary>
    internal static bool TryGetDate(long day, out int year, out int month, out int date)
    {
        (year, month, date) = (0, 1, 1);
        if (day < DayOfYearZero || day >= DayOfYearZero + DaysBefore(MaxYear + 1)) return false;
        var rest = (int)(day - DayOfYearZero);
        // At most one year too early, since a year has at most 366 days, and less than one for each 1461 days.
        year = rest / 366;
        while (DaysBefore(year + 1) <= rest) year++;
        rest -= DaysBefore(year);
        for (; rest >= DaysOf(year, month); month++) rest -= DaysOf(year, month);
        date = rest + 1;
        return true;
    }

    private static int DaysBefore(int year) => year == 0 ? 0 : (year * 365) + LeapsBefore(year);

    // Leap years among 0 … year - 1.
    private static int LeapsBefore(int year) => 1 + ((year - 1) / 4) - ((year - 1) / 100) + ((year - 1) / 400);

    private static bool IsLeap(int year) => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    private static int DaysOf(int year, int month) => month switch
    {
        2 => IsLeap(year) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };
}
