using System.Globalization;
using System.Text;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Text;

/// <summary>Writes expressions, with the parentheses that are needed and no others, so that they read back to the same tree.</summary>
internal sealed class ExpressionPrinter(StringBuilder output)
{
    /// <summary>How tightly a form binds: what binds looser than its place asks for goes into parentheses.</summary>
    private enum Binding
    {
        Conditional,
        Or,
        And,
        Relation,
        Sum,
        Product,
        Unary,
        Member,
    }

    internal static string Print(Expression expression)
    {
        var text = new StringBuilder();
        new ExpressionPrinter(text).Append(expression);
        return text.ToString();
    }

    internal void Append(Expression expression) => Append(expression, Binding.Conditional);

    internal static void AppendPattern(StringBuilder output, LikePattern pattern)
    {
        for (var i = 0; i < pattern.Pieces.Length; i++)
        {
            if (i > 0) output.Append('*');
            var start = output.Length;
            StringLiteral.AppendEscaped(output, pattern.Pieces[i]);
            output.Replace("*", "\\*", start, output.Length - start);
        }
    }

    private static Binding BindingOf(Expression expression) => expression switch
    {
        Conditional => Binding.Conditional,
        OrExpression => Binding.Or,
        AndExpression => Binding.And,
        AttributeTest or LikeExpression or TypeTest => Binding.Relation,
        BinaryExpression { Operator: <= BinaryOperator.In } => Binding.Relation,
        SumExpression => Binding.Sum,
        ProductExpression => Binding.Product,
        UnaryExpression { Operator: not UnaryOperator.IsEmpty } => Binding.Unary,
        Literal literal when literal.Value.TryGet(out long number) && number < 0 => Binding.Unary,
        _ => Binding.Member,
    };

    private void Append(Expression expression, Binding least)
    {
        var isBare = BindingOf(expression) >= least;
        if (!isBare) output.Append('(');
        AppendBare(expression);
        if (!isBare) output.Append(')');
    }

    private void AppendBare(Expression expression)
    {
        switch (expression)
        {
            case Literal literal:
                output.Append(literal.Value.ToString());
                break;
            case Variable variable:
                output.Append(NameOf(variable.Name));
                break;
            case OrExpression or:
                AppendJoined(or.Operands, " || ", Binding.And);
                break;
            case AndExpression and:
                AppendJoined(and.Operands, " && ", Binding.Relation);
                break;
            case ProductExpression product:
                AppendJoined(product.Operands, " * ", Binding.Unary);
                break;
            case SumExpression sum:
                Append(sum.First, Binding.Product);
                foreach (var term in sum.Terms)
                {
                    output.Append(term.IsSubtracted ? " - " : " + ");
                    Append(term.Operand, Binding.Product);
                }

                break;
            case Conditional choice:
                AppendConditional(choice);
                break;
            case UnaryExpression unary:
                AppendUnary(unary);
                break;
            case BinaryExpression binary:
                AppendBinary(binary);
                break;
            case SetExpression set:
                output.Append('[');
                AppendJoined(set.Elements, ", ", Binding.Conditional);
                output.Append(']');
                break;
            case RecordExpression record:
                AppendRecord(record);
                break;
            case ExtensionCall call:
                AppendCall(call);
                break;
            default:
                AppendQuestion(expression);
                break;
        }
    }

    private void AppendQuestion(Expression expression)
    {
        switch (expression)
        {
            case AttributeAccess access:
                Append(access.Target, Binding.Member);
                AppendName(access.Name);
                break;
            case AttributeTest test:
                AppendHas(test);
                break;
            case LikeExpression like:
                Append(like.Target, Binding.Sum);
                output.Append(" like \"");
                AppendPattern(output, like.Pattern);
                output.Append('"');
                break;
            case TypeTest test:
                Append(test.Target, Binding.Sum);
                output.Append(" is ").Append(test.Type.Name);
                if (test.Container is null) break;
                output.Append(" in ");
                Append(test.Container, Binding.Sum);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void AppendJoined(IEnumerable<Expression> operands, string separator, Binding least)
    {
        var isFirst = true;
        foreach (var operand in operands)
        {
            if (!isFirst) output.Append(separator);
            isFirst = false;
            Append(operand, least);
        }
    }

    private void AppendConditional(Conditional choice)
    {
        output.Append("if ");
        Append(choice.Test);
        output.Append(" then ");
        Append(choice.Then);
        output.Append(" else ");
        Append(choice.Otherwise);
    }

    private void AppendUnary(UnaryExpression unary)
    {
        if (unary.Operator == UnaryOperator.IsEmpty)
        {
            Append(unary.Operand, Binding.Member);
            output.Append(".isEmpty()");
            return;
        }

        output.Append(unary.Operator == UnaryOperator.Not ? '!' : '-');
        // A minus directly before a number would become part of it.
        var isNumber = unary.Operator == UnaryOperator.Negate && unary.Operand is Literal literal && literal.Value.Kind == ValueKind.Long;
        Append(unary.Operand, isNumber ? (Binding)int.MaxValue : Binding.Member);
    }

    private void AppendBinary(BinaryExpression binary)
    {
        var sign = SignOf(binary.Operator);
        if (binary.Operator <= BinaryOperator.In)
        {
            Append(binary.Left, Binding.Sum);
            output.Append(CultureInfo.InvariantCulture, $" {sign} ");
            Append(binary.Right, Binding.Sum);
            return;
        }

        Append(binary.Left, Binding.Member);
        output.Append(CultureInfo.InvariantCulture, $".{sign}(");
        Append(binary.Right);
        output.Append(')');
    }

    private void AppendHas(AttributeTest test)
    {
        Append(test.Target, Binding.Sum);
        output.Append(" has ");
        for (var i = 0; i < test.Path.Length; i++)
        {
            // Text has no paths with quoted names; those of JSON are shown as the official printer shows them.
            if (i > 0) output.Append('.');
            AppendPlainOrQuoted(test.Path[i]);
        }
    }

    private void AppendRecord(RecordExpression record)
    {
        output.Append('{');
        for (var i = 0; i < record.Fields.Length; i++)
        {
            if (i > 0) output.Append(", ");
            AppendPlainOrQuoted(record.Fields[i].Name);
            output.Append(": ");
            Append(record.Fields[i].Value);
        }

        output.Append('}');
    }

    private void AppendCall(ExtensionCall call)
    {
        var arguments = call.Arguments.AsEnumerable();
        if (call.Function.IsMethod && call.Arguments is [var target, .. var rest])
        {
            Append(target, Binding.Member);
            output.Append('.');
            arguments = rest;
        }

        output.Append(call.Function.Name).Append('(');
        AppendJoined(arguments, ", ", Binding.Conditional);
        output.Append(')');
    }

    private void AppendName(string name)
    {
        if (Names.IsPlain(name))
        {
            output.Append('.').Append(name);
            return;
        }

        output.Append('[');
        StringLiteral.AppendQuoted(output, name);
        output.Append(']');
    }

    private void AppendPlainOrQuoted(string name)
    {
        if (Names.IsPlain(name))
            output.Append(name);
        else
            StringLiteral.AppendQuoted(output, name);
    }

    internal static string NameOf(RequestVariable variable) => variable switch
    {
        RequestVariable.Principal => "principal",
        RequestVariable.Action => "action",
        RequestVariable.Resource => "resource",
        _ => "context",
    };

    internal static string SignOf(BinaryOperator op) => op switch
    {
        BinaryOperator.Equal => "==",
        BinaryOperator.NotEqual => "!=",
        BinaryOperator.Less => "<",
        BinaryOperator.LessOrEqual => "<=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterOrEqual => ">=",
        BinaryOperator.In => "in",
        BinaryOperator.Contains => "contains",
        BinaryOperator.ContainsAll => "containsAll",
        BinaryOperator.ContainsAny => "containsAny",
        BinaryOperator.GetTag => "getTag",
        _ => "hasTag",
    };
}
