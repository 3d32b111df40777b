namespace CredBroker.Server.Ledger;

/// <summary>What every queue of the ledger is made of.</summary>
/// <param name="Source">Where connections come from.</param>
/// <param name="Options">Sizes and bounds.</param>
/// <param name="Meter">What is measured.</param>
/// <param name="Clock">For patience and pauses; never compared with the database's.</param>
internal sealed record LedgerParts(LedgerSource Source, LedgerOptions Options, LedgerMeter Meter, TimeProvider Clock);
