namespace CredBroker.Load;

/// <summary>
/// What a cell is held against. It is measured right before the cell and right after it, and the ratio is to the mean: what others do on the
/// same hardware changes a rate by half within a minute.
/// </summary>
/// <param name="name">In the column of ratios.</param>
/// <param name="report">Takes a row for each measurement.</param>
/// <param name="measure">Measures it; the first time with a full warm-up.</param>
internal sealed class Floor(string name, Report report, Func<WarmUp, Task<Measurement>> measure)
{
    private Measurement? _last;

    /// <summary>Measures a cell between two measurements of the floor; that after one cell is that before the next.</summary>
    public async Task HoldAsync(string what, Func<Task<Measurement>> cell, double? aim = null)
    {
        var before = _last ?? await MeasureAsync(WarmUp.Usual);
        var measured = await cell();
        var after = await MeasureAsync(WarmUp.Again);
        report.Add(what, measured, (name, (before.PerSecond + after.PerSecond) / 2), aim);
        _last = after;
    }

    private async Task<Measurement> MeasureAsync(WarmUp warmUp) => report.Add($"floor: {name}", await measure(warmUp));
}
