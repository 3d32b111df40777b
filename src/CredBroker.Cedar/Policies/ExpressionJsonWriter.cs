using System.Diagnostics;
using System.Text.Json;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Policies;

/// <summary>Expressions as JSON: an object with one member, whose name says what the expression is.</summary>
internal sealed class ExpressionJsonWriter(Utf8JsonWriter json)
{
    internal void Write(Expression expression)
    {
        switch (expression)
        {
            case AndExpression and:
                WriteChain(and.Operands[0], [.. and.Operands.Skip(1).Select(operand => ("&&", operand))]);
                break;
            case OrExpression or:
                WriteChain(or.Operands[0], [.. or.Operands.Skip(1).Select(operand => ("||", operand))]);
                break;
            case ProductExpression product:
                WriteChain(product.Operands[0], [.. product.Operands.Skip(1).Select(operand => ("*", operand))]);
                break;
            case SumExpression sum:
                WriteChain(sum.First, [.. sum.Terms.Select(term => (term.IsSubtracted ? "-" : "+", term.Operand))]);
                break;
            default:
                json.WriteStartObject();
                WriteMember(expression);
                json.WriteEndObject();
                break;
        }
    }

    /// <summary>A chain is nested to the left in JSON; it is written without recursion, whatever its length.</summary>
    private void WriteChain(Expression first, (string Sign, Expression Operand)[] rest)
    {
        for (var i = rest.Length - 1; i >= 0; i--)
        {
            json.WriteStartObject();
            json.WriteStartObject(rest[i].Sign);
            json.WritePropertyName("left");
        }

        Write(first);
        foreach (var (_, operand) in rest)
        {
            json.WritePropertyName("right");
            Write(operand);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    private void WriteMember(Expression expression)
    {
        switch (expression)
        {
            case Literal or ExtensionCall { Function.IsKnown: false }:
                json.WritePropertyName("Value");
                WriteValue(expression);
                break;
            case Variable variable:
                json.WriteString("Var", ExpressionPrinter.NameOf(variable.Name));
                break;
            case UnaryExpression unary:
                json.WriteStartObject(unary.Operator switch
                {
                    UnaryOperator.Not => "!",
                    UnaryOperator.Negate => "neg",
                    _ => "isEmpty",
                });
                WriteProperty("arg", unary.Operand);
                json.WriteEndObject();
                break;
            case BinaryExpression binary:
                json.WriteStartObject(ExpressionPrinter.SignOf(binary.Operator));
                WriteProperty("left", binary.Left);
                WriteProperty("right", binary.Right);
                json.WriteEndObject();
                break;
            case Conditional choice:
                json.WriteStartObject("if-then-else");
                WriteProperty("if", choice.Test);
                WriteProperty("then", choice.Then);
                WriteProperty("else", choice.Otherwise);
                json.WriteEndObject();
                break;
            case SetExpression set:
                WriteList("Set", set.Elements);
                break;
            case ExtensionCall call:
                WriteList(call.Function.Name, call.Arguments);
                break;
            case RecordExpression record:
                json.WriteStartObject("Record");
                foreach (var (name, value) in record.Fields) WriteProperty(name, value);
                json.WriteEndObject();
                break;
            default:
                WriteQuestion(expression);
                break;
        }
    }

    private void WriteQuestion(Expression expression)
    {
        json.WriteStartObject(expression switch
        {
            AttributeAccess => ".",
            AttributeTest => "has",
            LikeExpression => "like",
            TypeTest => "is",
            _ => throw new UnreachableException(),
        });
        WriteProperty("left", expression.Children.First());
        switch (expression)
        {
            case AttributeAccess access:
                json.WriteString("attr", access.Name);
                break;
            case AttributeTest { Path: [var only] }:
                json.WriteString("attr", only);
                break;
            case AttributeTest test:
                json.WriteStartArray("attr");
                foreach (var name in test.Path) json.WriteStringValue(name);
                json.WriteEndArray();
                break;
            case LikeExpression like:
                WritePattern(like.Pattern);
                break;
            case TypeTest test:
                json.WriteString("entity_type", test.Type.Name);
                if (test.Container is not null) WriteProperty("in", test.Container);
                break;
            default:
                break;
        }

        json.WriteEndObject();
    }

    /// <summary>Character by character, as the official writer does.</summary>
    private void WritePattern(LikePattern pattern)
    {
        json.WriteStartArray("pattern");
        for (var i = 0; i < pattern.Pieces.Length; i++)
        {
            if (i > 0) json.WriteStringValue("Wildcard");
            foreach (var rune in pattern.Pieces[i].EnumerateRunes())
            {
                json.WriteStartObject();
                json.WriteString("Literal", rune.ToString());
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
    }

    /// <summary>A literal; or, since only a value can call a function that does not exist, such a call and whatever is in it.</summary>
    private void WriteValue(Expression expression)
    {
        switch (expression)
        {
            case Literal literal:
                WriteValue(literal.Value);
                break;
            case SetExpression set:
                WriteValues(set.Elements);
                break;
            case RecordExpression record:
                json.WriteStartObject();
                foreach (var (name, value) in record.Fields)
                {
                    json.WritePropertyName(name);
                    WriteValue(value);
                }

                json.WriteEndObject();
                break;
            case ExtensionCall call:
                json.WriteStartObject();
                json.WriteStartObject("__extn");
                json.WriteString("fn", call.Function.Name);
                json.WritePropertyName("args");
                WriteValues(call.Arguments);
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void WriteValues(IEnumerable<Expression> values)
    {
        json.WriteStartArray();
        foreach (var value in values) WriteValue(value);
        json.WriteEndArray();
    }

    private void WriteValue(CedarValue value)
    {
        if (value.TryGet(out bool truth))
            json.WriteBooleanValue(truth);
        else if (value.TryGet(out long number))
            json.WriteNumberValue(number);
        else if (value.TryGet(out string? text))
            json.WriteStringValue(text);
        else if (value.TryGet(out EntityUid? uid))
            WriteEntity(uid);
    }

    private void WriteEntity(EntityUid uid)
    {
        json.WriteStartObject();
        json.WritePropertyName("__entity");
        PolicyJsonWriter.WriteUid(json, uid);
        json.WriteEndObject();
    }

    private void WriteList(string name, IEnumerable<Expression> items)
    {
        json.WriteStartArray(name);
        foreach (var item in items) Write(item);
        json.WriteEndArray();
    }

    private void WriteProperty(string name, Expression value)
    {
        json.WritePropertyName(name);
        Write(value);
    }
}
