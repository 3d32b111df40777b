using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Tests.Testing;
using CredBroker.Cedar.Validation;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tests.Validation;

/// <summary>Requests by a schema.</summary>
public sealed class RequestValidatorTests
{
    private static readonly EntityUid s_view = EntityUid.Of("Action", "view");

    [Theory]
    [InlineData("User", "view", "Doc", "{\"c\": 1}", null)]
    [InlineData("User", "view", "Doc", "{\"c\": 1, \"co\": \"x\", \"from\": {\"__entity\": {\"type\": \"User\", \"id\": \"a\"}}}", null)]
    [InlineData("User", "nope", "Doc", "{\"c\": 1}", "the schema has no action `Action::\"nope\"`")]
    [InlineData("Admin", "view", "Doc", "{\"c\": 1}", "`Action::\"view\"` is not for principals of the type `Admin`")]
    [InlineData("User", "view", "Group", "{\"c\": 1}", "`Action::\"view\"` is not for resources of the type `Group`")]
    [InlineData("User", "view", "Doc", "{}", "the attribute `c` of the context is missing")]
    [InlineData("User", "view", "Doc", "{\"c\": \"x\"}", "the attribute `c` of the context is a string, not a `Long`")]
    [InlineData("User", "view", "Doc", "{\"c\": 1, \"d\": 1}", "there is no attribute `d` of the context in the schema")]
    [InlineData("User", "view", "Doc", "{\"c\": 1, \"color\": {\"__entity\": {\"type\": \"Color\", \"id\": \"green\"}}}", "the attribute `color` of the context: there is no `Color::\"green\"`")]
    public void A_request_fits_or_it_is_said_why_not(string principal, string action, string resource, string context, string? message)
    {
        var request = new CedarRequest(EntityUid.Of(principal, "p"), EntityUid.Of("Action", action), EntityUid.Of(resource, "r"), Sample.ContextOf(context));

        Assert.Equal(message, RequestValidator.Validate(request, Schemas.Sample).SingleOrDefault()?.Message);
    }

    [Fact]
    public void Types_that_the_schema_does_not_have_are_named()
    {
        var errors = RequestValidator.Validate(new(EntityUid.Of("Nope", "p"), s_view, EntityUid.Of("Color", "green"), Sample.ContextOf("{\"c\": 1}")), Schemas.Sample);

        Assert.Equal(
            [
                "the schema has no entity type `Nope`", "there is no `Color::\"green\"`", "`Action::\"view\"` is not for principals of the type `Nope`",
                "`Action::\"view\"` is not for resources of the type `Color`",
            ],
            errors.Select(error => error.Message));
    }

    [Theory]
    [InlineData("{\"c\": 1, \"from\": {\"type\": \"User\", \"id\": \"a\"}}", null)]
    [InlineData("{\"c\": \"its type is for the validation to see\"}", null)]
    [InlineData("{}", "the attribute `c` of the context is missing")]
    [InlineData("{\"c\": 1, \"d\": 1}", "there is no attribute `d` of the context in the schema")]
    [InlineData("{\"c\": 1, \"from\": \"a\"}", "the attribute `from` of the context is a string, not a `User`")]
    public void A_context_is_read_by_the_schema(string json, string? message)
    {
        var isRead = RequestValidator.TryParseContext(new("context.json", json), Schemas.Sample, s_view, out var context, out var errors);

        Assert.Equal(message is null, isRead);
        Assert.Equal(isRead, context is not null);
        Assert.Equal(message, errors.SingleOrDefault()?.Message);
    }

    [Fact]
    public void A_context_of_an_unknown_action_is_refused()
    {
        Assert.False(RequestValidator.TryParseContext(new("context.json", "{}"), Schemas.Sample, EntityUid.Of("Action", "nope"), out _, out var errors));
        Assert.Equal("the schema has no action `Action::\"nope\"`", Assert.Single(errors).Message);
        Assert.NotNull(RequestValidator.ValidateContext(CedarRecord.Empty, Schemas.Sample, s_view));
    }
}
