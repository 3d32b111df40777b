using System.Collections.Immutable;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Validation;

namespace CredBroker.Cedar.Tests.Testing;

/// <summary>Schemas from the texts that tests are written in, and what validation says by them.</summary>
internal static class Schemas
{
    /// <summary>A small schema with something of everything.</summary>
    public const string Text = """
        type Address = { street: String, zip?: Long };
        entity User in [Group] = {
            n: Long, o?: Long, s: String, b: Bool, home: Address, work?: Address, boss: User, set: Set<Long>, friends: Set<User>,
            ip: ipaddr, since: datetime, age: duration, rate?: decimal
        } tags String;
        entity Admin in [Group] = { n: Long, o?: Long };
        entity Group in [Group];
        entity Doc = { owner: User, public?: Bool };
        entity Color enum ["red", "blue"];
        action view, edit in [any] appliesTo { principal: User, resource: Doc, context: { c: Long, co?: String, from?: User, color?: Color } };
        action admin appliesTo { principal: [User, Admin], resource: [Doc, Group] };
        action any;
        namespace Shop {
            entity Order = { total: Long };
            action buy appliesTo { principal: User, resource: Order };
        }
        """;

    public static CedarSchema Sample { get; } = Read(Text);

    public static CedarSchema Read(string text)
    {
        Assert.True(CedarSchema.TryParse(new("test.cedarschema", text), out var schema, out var errors), string.Join('\n', errors));
        Assert.Empty(errors);
        return schema;
    }

    public static CedarSchema ReadJson(string json)
    {
        Assert.True(CedarSchema.TryParseJson(new("schema.json", json), out var schema, out var errors), string.Join('\n', errors));
        Assert.Empty(errors);
        return schema;
    }

    /// <summary>The errors of a text that is no schema.</summary>
    public static ImmutableArray<CedarError> Errors(string text)
    {
        Assert.False(CedarSchema.TryParse(new("test.cedarschema", text), out var schema, out var errors), text);
        Assert.Null(schema);
        Assert.NotEmpty(errors);
        return errors;
    }

    public static PolicySet Policies(string text)
    {
        Assert.True(PolicySet.TryParse(new SourceText("test.cedar", text), out var policies, out var errors), string.Join('\n', errors));
        return policies;
    }

    public static ValidationResult Validate(string policies, CedarSchema? schema = null) => PolicyValidator.Validate(Policies(policies), schema ?? Sample);

    /// <summary>What validation says of a condition in requests to view a document.</summary>
    public static ValidationResult ValidateView(string condition) =>
        Validate($"permit (principal, action == Action::\"view\", resource) when {{ {condition} }};");
}
