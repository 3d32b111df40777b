using System.Reflection;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CredBroker.Server.Storage;

/// <summary>A migration whose text is the file with its name; in one transaction with the note that it was applied.</summary>
internal abstract class SqlFileMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var id = GetType().GetCustomAttribute<MigrationAttribute>()?.Id;
        var file = MigrationFile.All.Single(f => f.Id == id);
        migrationBuilder.Sql(file.Sql);
        migrationBuilder.Sql($"INSERT INTO schema_files (id, digest) VALUES ('{file.Id}', '\\x{Convert.ToHexStringLower(file.Digest)}')");
    }

    /// <summary>Forward only: what was written under a newer schema cannot be brought back.</summary>
    protected override void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException("migrations go forward only");
}
