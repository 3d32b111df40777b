using CredBroker.Core.Audit;
using CredBroker.Core.Tokens;

namespace CredBroker.Server.Ledger;

/// <summary>One approved use on its way to the database.</summary>
/// <param name="Use">What was approved; its decision is new for every ask and tells this ask from another one for the same use.</param>
/// <param name="Kid">The key that signed the token as it was presented.</param>
/// <param name="Audit">The entry that is committed with the use, of <see cref="AuditKind.UseAuthorized"/>.</param>
internal sealed record AuthorizeCommit(ApprovedUse Use, string Kid, AuditEntry Audit);
