using CredBroker.Cedar.Tests.Testing;

namespace CredBroker.Cedar.Tests.Text;

/// <summary>Every complaint of the parser: its words, and exactly the characters that it is about.</summary>
public sealed class PolicyErrorTests
{
    private const string AnEntity = "the name of an entity, such as `User::\"alice\"`";
    private const string Variables = "`principal`, `action`, `resource` or `context`";
    private const string Escapes = "`\\\"`, `\\\\`, `\\n`, `\\r`, `\\t`, `\\0`, `\\'`, `\\x00` to `\\x7F` or `\\u{…}`";

    [Theory]
    [InlineData("«when»", "unexpected `when`; expected `permit` or `forbid`")]
    [InlineData("permit «;»", "unexpected `;`; expected `(`")]
    [InlineData("permit («)»", "unexpected `)`; expected `principal`")]
    [InlineData("permit (principal«;»", "unexpected `;`; expected `==`, `in` or `is`, or the end of this part of the scope")]
    [InlineData("permit (principal «action»", "unexpected `action`; expected `==`, `in` or `is`, or the end of this part of the scope")]
    [InlineData("permit (principal«)»;", "unexpected `)`; expected `,` and `action`")]
    [InlineData("permit (principal, «resource»", "unexpected `resource`; expected `action`")]
    [InlineData("permit (principal == «User»::", "the text ends here; expected the entity's id in double quotes", true)]
    [InlineData("permit (principal == User«,»", "unexpected `,`; expected `::` and the entity's id")]
    [InlineData("permit (principal == User::«1»", "unexpected `1`; expected the entity's id in double quotes")]
    [InlineData("permit (principal == «1»", "unexpected `1`; expected " + AnEntity + ", or `?principal`")]
    [InlineData("permit (principal == «?resource»", "`?resource` has no place here; expected the name of an entity, or `?principal`")]
    [InlineData("permit (principal == «?other»", "`?other` has no place here; expected the name of an entity, or `?principal`")]
    [InlineData("permit (principal in «[»User::\"a\"]", "only `action` may be compared with a list; expected " + AnEntity)]
    [InlineData("permit (principal in Group::\"g\" «is» User", "`is` comes before `in`; expected `is T in e`")]
    [InlineData("permit (principal is «\"User\"»", "unexpected `\"User\"`; expected the name of a type")]
    [InlineData("permit (principal is User «==»", "unexpected `==`; expected `in`, or the end of this part of the scope")]
    [InlineData("permit (principal == (User::\"a\"«,» action", "unexpected `,`; expected `)`")]
    [InlineData("permit (principal, action «is» Action", "unexpected `is`; expected `==` or `in`, or the end of this part of the scope")]
    [InlineData("permit (principal, action == «User::\"a\"»", "`User::\"a\"` is not an action; expected a type whose last part is `Action`")]
    [InlineData("permit (principal, action == «?action»", "an action cannot be left open; expected the name of an action, such as `Action::\"read\"`")]
    [InlineData("permit (principal, action in [Action::\"a\" «Action»", "unexpected `Action`; expected `,` or `]`")]
    [InlineData("permit (principal, action, resource == «?principal»", "`?principal` has no place here; expected the name of an entity, or `?resource`")]
    [InlineData("permit (principal, action, resource, «context»)", "a scope has no fourth part: `context`; expected `)`; conditions are written in `when { … }`")]
    [InlineData("permit (principal, action, resource) «where»", "unexpected `where`; expected `when`, `unless` or `;`")]
    [InlineData("permit (principal, action, resource) when «true»", "unexpected `true`; expected `{`")]
    [InlineData("permit (principal, action, resource) «when { }»;", "this condition is empty; expected an expression")]
    [InlineData("permit (principal, action, resource) when { true «true»", "unexpected `true`; expected an operator or `}`")]
    [InlineData("permit (principal, action, resource) when { true } «permit»", "unexpected `permit`; expected `when`, `unless` or `;`")]
    [InlineData("permit (principal, action, resource)«»", "the text ends here; expected `when`, `unless` or `;`")]
    [InlineData("@«(»", "unexpected `(`; expected the annotation's name")]
    [InlineData("@«\"a\"»", "unexpected `\"a\"`; expected the annotation's name")]
    [InlineData("@a(«b»", "unexpected `b`; expected the annotation's text in double quotes")]
    [InlineData("@a(\"b\" «\"c\"»", "unexpected `\"c\"`; expected `)`")]
    [InlineData("@a @«a» permit", "the annotation `a` is there twice")]
    [InlineData("@a(\"«\\q»\") permit", "`\\q` is not an escape; expected " + Escapes)]
    public void A_policy_is_refused(string text, string message, bool isAtEnd = false)
    {
        var marked = Marked.Of(text);
        if (isAtEnd) marked = marked with { Span = new(marked.Text.Length, marked.Text.Length) };

        marked.Is(Make.Error(marked.Text), message);
    }

    [Theory]
    [InlineData("true && «}»", "unexpected `}`; expected an expression", false)]
    [InlineData("1 < 2 «<» 3", "`<` cannot follow another comparison; expected parentheses around one of them")]
    [InlineData("1 < 2 «has» a", "`has` cannot follow another comparison; expected parentheses around one of them")]
    [InlineData("principal is User «is» User", "`is` cannot follow another comparison; expected parentheses around one of them")]
    [InlineData("principal is User in resource «in» resource", "`in` cannot follow another comparison; expected parentheses around one of them")]
    [InlineData("\"a\" like \"b\" «like» \"c\"", "`like` cannot follow another comparison; expected parentheses around one of them")]
    [InlineData("1 «=» 1", "`=` is no operator; expected `==`")]
    [InlineData("1 * 2 «/» 3", "Cedar has no `/`; expected `+`, `-` or `*`")]
    [InlineData("1 «%» 3", "Cedar has no `%`; expected `+`, `-` or `*`")]
    [InlineData("!!!!«!»true", "more than four signs in a row; expected parentheses between them")]
    [InlineData("- - - -«-»1", "more than four signs in a row; expected parentheses between them")]
    [InlineData("!«-»1", "`!` and `-` cannot follow each other; expected parentheses between them")]
    [InlineData("1 + «if» true then 1 else 2", "`if` cannot be an operand by itself; expected parentheses around `if … then … else …`")]
    [InlineData("if true «1»", "unexpected `1`; expected an operator or `then`")]
    [InlineData("if true then 1 «2»", "unexpected `2`; expected an operator or `else`")]
    [InlineData("«9223372036854775808» == 1", "this number is out of range; expected a number from -9223372036854775808 to 9223372036854775807")]
    [InlineData("1 == «-9223372036854775809»", "this number is out of range; expected a number from -9223372036854775808 to 9223372036854775807")]
    [InlineData("1 == «- 99999999999999999999»", "this number is out of range; expected a number from -9223372036854775808 to 9223372036854775807")]
    [InlineData("(true«]»", "unexpected `]`; expected an operator or `)`")]
    [InlineData("[1 «2»]", "unexpected `2`; expected `,` or `]`")]
    [InlineData("[1, «,»]", "unexpected `,`; expected an expression")]
    [InlineData("{a «1»}", "unexpected `1`; expected `:`")]
    [InlineData("{a: 1 «b»: 2}", "unexpected `b`; expected `,` or `}`")]
    [InlineData("{«1»: 1}", "unexpected `1`; expected the name of an entry, or a string")]
    [InlineData("{«like»: 1}", "`like` is a reserved word; expected the name of an entry, or a string")]
    [InlineData("{a: 1, b: 2, «\"\\x61\"»: 3}", "the entry `a` is there twice")]
    [InlineData("principal.«then»", "`then` is a reserved word; expected the name of an attribute or a method")]
    [InlineData("principal.«1»", "unexpected `1`; expected the name of an attribute or a method")]
    [InlineData("principal[«a»]", "unexpected `a`; expected the name of an attribute in double quotes")]
    [InlineData("principal[\"a\" «+» \"b\"]", "unexpected `+`; expected `]`")]
    [InlineData("principal has «1»", "unexpected `1`; expected the name of an attribute, or a string")]
    [InlineData("principal has a.«\"b\"»", "unexpected `\"b\"`; expected the name of an attribute, or a string")]
    [InlineData("principal has a.«__cedar»", "`__cedar` is a reserved word; expected the name of an attribute, or a string")]
    [InlineData("\"a\" like «principal»", "unexpected `principal`; expected a pattern in double quotes")]
    [InlineData("\"a\" like \"a«\\b»\"", "`\\b` is not an escape; expected " + Escapes + ", or `\\*` for a star")]
    [InlineData("\"a«\\*»\" == 1", "`\\*` is not an escape; expected " + Escapes)]
    [InlineData("\"«\\x7g»\" == 1", "`\\x7g` is not an escape; expected " + Escapes)]
    [InlineData("\"«\\u{110000}»\" == 1", "`\\u{110000}` is not an escape; expected " + Escapes)]
    [InlineData("\"«\\u{12»\" == 1", "`\\u{` is not an escape; expected " + Escapes, true, 3)]
    [InlineData("\"ab«\r»\" == 1", "a carriage return must be written as an escape; expected " + Escapes)]
    [InlineData("principal is «\"User\"»", "unexpected `\"User\"`; expected the name of a type")]
    [InlineData("principal is A::«in»::B", "`in` is a reserved word; expected a name")]
    [InlineData("«ghost» == 1", "`ghost` is not a variable; expected " + Variables + "; an entity is written `ghost::\"id\"`")]
    [InlineData("«A::B» == 1", "`A::B` is not a variable; expected " + Variables + "; an entity is written `A::B::\"id\"`")]
    [InlineData("A::«1»", "unexpected `1`; expected the entity's id in double quotes")]
    [InlineData("«true»::\"a\"", "unexpected `::`; expected an operator or `}`", true, -2)]
    [InlineData("«nope»(1)", "there is no function `nope`; expected decimal, ip, datetime or duration")]
    [InlineData("«context»(1)", "the variable `context` cannot be called")]
    [InlineData("«isEmpty»([])", "`isEmpty` is a method, not a function; expected `….isEmpty(…)`")]
    [InlineData("«toDate»(1)", "`toDate` is a method, not a function; expected `….toDate(…)`")]
    [InlineData("1.«ip»()", "`ip` is a function, not a method; expected `ip(…)`")]
    [InlineData("«[1].contains()»", "`contains` has 0 arguments; expected 1 argument")]
    [InlineData("«[1].containsAny([1], [2])» == 1", "`containsAny` has 2 arguments; expected 1 argument")]
    [InlineData("«[1].isEmpty(1)»", "`isEmpty` has 1 argument; expected 0 arguments")]
    [InlineData("principal == «?principal»", "the slot `?principal` has no place in a condition; expected a slot in the scope only")]
    [InlineData("«\"»abc", "this string is not closed; expected `\"` at its end", false)]
    [InlineData("1 «&» 2", "the character `&` has no meaning here; expected `&&`")]
    [InlineData("1 «|» 2", "the character `|` has no meaning here; expected `||`")]
    [InlineData("1 «#» 2", "the character `#` has no meaning here")]
    [InlineData("1 «😀» 2", "the character `\\u{d83d}\\u{de00}` has no meaning here")]
    [InlineData("1 «é» 2", "the character `é` has no meaning here")]
    [InlineData("1 «\u200b» 2", "the character `\\u{200b}` has no meaning here")]
    public void A_condition_is_refused(string text, string message, bool isClosed = true, int shift = 0)
    {
        var marked = Marked.Of("permit (principal, action, resource) when { " + text + (isClosed ? " };" : ""));
        // Where the mark would stand between characters that belong together, the place is said by how far it is off.
        if (shift > 0) marked = marked with { Span = new(marked.Span.Start, marked.Span.Start + shift) };
        if (shift < 0) marked = marked with { Span = new(marked.Span.End, marked.Span.End - shift) };

        marked.Is(Make.Errors(marked.Text)[0], message);
    }

    [Theory]
    [InlineData("principal.contains()", "isEmpty, getTag, hasTag", "there is no method `nope`; expected contains, containsAll, containsAny, isEmpty, getTag, hasTag, lessThan, lessThanOrEqual, "
        + "greaterThan, greaterThanOrEqual, isIpv4, isIpv6, isLoopback, isMulticast, isInRange, offset, durationSince, toDate, toTime, toMilliseconds, toSeconds, toMinutes, toHours or toDays")]
    public void The_methods_that_there_are_are_named(string known, string some, string message)
    {
        Assert.Contains(some, message, StringComparison.Ordinal);
        Assert.NotEqual(message, Make.Error(Make.When(known)).Message);
        Assert.Equal(message, Make.Error(Make.When("principal.nope()")).Message);
    }

    [Fact]
    public void A_policy_that_is_too_long_does_not_hide_the_mistakes_of_the_next()
    {
        var errors = Make.Errors(Make.When($"\"{new string('a', CedarLimits.MaxPolicyLength)}\" == \"\"") + "\npermit (principal);\npermit (principal, action, resource);");

        Assert.Equal(["test.cedar:1:1: this policy is too long; expected at most 1048576 characters", "test.cedar:2:18: unexpected `)`; expected `,` and `action`"],
            errors.Select(error => error.ToString()));
    }

    [Fact]
    public void A_complaint_within_braces_goes_on_behind_the_policy()
    {
        var errors = Make.Errors("""
            permit (principal, action, resource) when { [1, };
            forbid (principal, action, resource) when { context.a ++ 1 } unless { 1 = 2 };
            permit (principal, action, resource) when { ok };
            """);

        Assert.Equal([(1, 49), (2, 56), (3, 45)], errors.Select(error => (error.At!.Value.Line, error.At.Value.Column)));
    }
}
