namespace CredBroker.Server.Past;

/// <summary>How far the record was followed: the transaction, and the entry within it.</summary>
internal readonly record struct ShadowPoint(ulong Xid, Guid Id);
