using System.Collections.Immutable;
using System.Globalization;
using CredBroker.Cedar.Extensions;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Text;

/// <summary>Which names can be called, how, and what the call becomes.</summary>
internal static class Calls
{
    internal static RequestVariable? VariableOf(string name) => name switch
    {
        "principal" => RequestVariable.Principal,
        "action" => RequestVariable.Action,
        "resource" => RequestVariable.Resource,
        "context" => RequestVariable.Context,
        _ => null,
    };

    internal static BinaryOperator? BinaryMethodOf(string name) => name switch
    {
        "contains" => BinaryOperator.Contains,
        "containsAll" => BinaryOperator.ContainsAll,
        "containsAny" => BinaryOperator.ContainsAny,
        "getTag" => BinaryOperator.GetTag,
        "hasTag" => BinaryOperator.HasTag,
        _ => null,
    };

    /// <summary>What stands after a dot; null after a complaint. A wrong number of arguments is one for the language's own methods only.</summary>
    internal static Expression? Method(
        TokenCursor cursor, Expression target, string name, SourceSpan nameSpan, ImmutableArray<Expression> arguments, SourceSpan span)
    {
        if (BinaryMethodOf(name) is { } method)
            return HasArguments(cursor, name, arguments, 1, span) ? new BinaryExpression(method, target, arguments[0], span) : null;
        if (name == "isEmpty")
            return HasArguments(cursor, name, arguments, 0, span) ? new UnaryExpression(UnaryOperator.IsEmpty, target, span) : null;
        if (ExtensionFunctions.Find(name) is { IsMethod: true } function)
            return new ExtensionCall(function, [target, .. arguments], span);
        if (ExtensionFunctions.Find(name) is not null)
            cursor.Fail(nameSpan, $"{Quoting.Code(name)} is a function, not a method", Quoting.Code($"{name}(…)"));
        else
            cursor.Fail(nameSpan, $"there is no method {Quoting.Code(name)}", Known(isMethod: true));
        return null;
    }

    /// <summary>What stands by itself; null after a complaint.</summary>
    internal static Expression? Function(TokenCursor cursor, string name, SourceSpan nameSpan, ImmutableArray<Expression> arguments, SourceSpan span)
    {
        if (ExtensionFunctions.Find(name) is { IsMethod: false } function) return new ExtensionCall(function, arguments, span);
        if (ExtensionFunctions.Find(name) is not null || BinaryMethodOf(name) is not null || name == "isEmpty")
            cursor.Fail(nameSpan, $"{Quoting.Code(name)} is a method, not a function", Quoting.Code($"….{name}(…)"));
        else if (VariableOf(name) is not null)
            cursor.Fail(nameSpan, $"the variable {Quoting.Code(name)} cannot be called");
        else
            cursor.Fail(nameSpan, $"there is no function {Quoting.Code(name)}", Known(isMethod: false));
        return null;
    }

    private static bool HasArguments(TokenCursor cursor, string name, ImmutableArray<Expression> arguments, int count, SourceSpan span) =>
        arguments.Length == count || cursor.Fail(span, $"{Quoting.Code(name)} has {Count(arguments.Length)}", Count(count));

    private static string Count(int arguments) =>
        arguments == 1 ? "1 argument" : string.Create(CultureInfo.InvariantCulture, $"{arguments} arguments");

    private static string Known(bool isMethod)
    {
        string[] own = isMethod ? ["contains", "containsAll", "containsAny", "isEmpty", "getTag", "hasTag"] : [];
        var names = own.Concat(ExtensionFunctions.All.Where(function => function.IsMethod == isMethod).Select(function => function.Name));
        return Expected.OneOf([.. names]);
    }
}
