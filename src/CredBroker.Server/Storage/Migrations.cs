using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CredBroker.Server.Storage;

// A class for each file of migrations/, found by EF Core through its attributes. A file is never changed once it was released.

[DbContext(typeof(BrokerDb)), Migration("0001_initial")]
internal sealed class Initial : SqlFileMigration;

[DbContext(typeof(BrokerDb)), Migration("0002_history_counts")]
internal sealed class HistoryCounts : SqlFileMigration;

[DbContext(typeof(BrokerDb)), Migration("0003_authorizations")]
internal sealed class Authorizations : SqlFileMigration;

[DbContext(typeof(BrokerDb)), Migration("0004_approvals")]
internal sealed class AskedApprovals : SqlFileMigration;

[DbContext(typeof(BrokerDb)), Migration("0005_shadow")]
internal sealed class Shadow : SqlFileMigration;
