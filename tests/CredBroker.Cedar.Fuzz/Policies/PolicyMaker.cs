using System.Collections.Immutable;
using CredBroker.Cedar.Fuzz.Worlds;

namespace CredBroker.Cedar.Fuzz.Policies;

/// <summary>Policies and templates as text, each about one kind of request.</summary>
internal sealed class PolicyMaker(World world, Dice dice)
{
    private static readonly string[] s_notes = ["@id(\"x\") ", "@note ", "@if(\"\") ", "@a(\"1\")\n@b(\"\\n\") "];

    private readonly ActionKind[] _requested = [.. world.Actions.Where(action => !action.Principals.IsEmpty)];

    /// <summary>A policy.</summary>
    /// <param name="isCareless">True: it may well be invalid.</param>
    public string Make(bool isCareless) => Make(isCareless, "", out _);

    /// <summary>A template, with the types of its slots.</summary>
    public string MakeTemplate(bool isCareless, out ImmutableArray<(string Slot, string Type)> slots) => Make(isCareless, dice.Pick("p", "r", "pr"), out slots);

    private string Make(bool isCareless, string slots, out ImmutableArray<(string Slot, string Type)> used)
    {
        var action = dice.Pick(_requested);
        var setting = new Setting(world, dice.Pick<string>(action.Principals), action, dice.Pick<string>(action.Resources));
        var literals = new LiteralMaker(world, dice, 0);
        var filled = ImmutableArray.CreateBuilder<(string, string)>();
        var principal = Scope("principal", setting.Principal, slots.Contains('p', StringComparison.Ordinal), literals, filled, out var isPrincipal);
        var resource = Scope("resource", setting.Resource, slots.Contains('r', StringComparison.Ordinal), literals, filled, out var isResource);
        var head = $"{(dice.Chance(8) ? dice.Pick(s_notes) : "")}{(dice.Chance(75) ? "permit" : "forbid")}{dice.Pick(" ", "")}({principal}, {Actions(action, literals, out var isAction)}, {resource}{dice.Pick("", "", "", ",")})";
        used = filled.ToImmutable();

        List<string> guards = [];
        if (!isAction && _requested.Length > 1) guards.Add($"action == {literals.Uid(action)}");
        if (!isPrincipal && (!isAction || action.Principals.Length > 1)) guards.Add($"principal is {setting.Principal}");
        if (!isResource && (!isAction || action.Resources.Length > 1)) guards.Add($"resource is {setting.Resource}");
        if (isCareless && dice.Chance(30)) guards.Clear();
        return $"{head}{Conditions(setting, guards, isCareless)};";
    }

    private string Conditions(Setting setting, List<string> guards, bool isCareless)
    {
        var expressions = new ExpressionMaker(world, setting, dice, isCareless);
        var count = dice.Pick(0, 1, 1, 1, 1, 2, 3);
        var text = "";
        // Apart, or before what relies on them.
        var isApart = guards.Count > 0 && count > 0 && dice.Chance(50);
        if (isApart) text = $" when {{ {string.Join(" && ", guards)} }}";
        for (var i = 0; i < count; i++)
        {
            var body = expressions.Bool(dice.Pick(1, 2, 4, 8, 16), []);
            var isUnless = dice.Chance(20);
            var guarded = isApart || guards.Count == 0 ? body.Text : $"{string.Join(" && ", guards)} && {body.In(Tightness.Relation)}";
            text += $"{dice.Pick(" ", "\n", " // c\n")}{(isUnless ? "unless" : "when")} {{ {guarded} }}";
        }

        return text;
    }

    private string Scope(string variable, string type, bool isSlot, LiteralMaker literals, ImmutableArray<(string, string)>.Builder slots, out bool isOfType)
    {
        var above = dice.Pick<string>([.. world.Above(type), type]);
        var form = isSlot ? dice.Pick(1, 2, 4) : dice.Pick(0, 0, 0, 1, 2, 2, 3, 3, 4);
        var parentType = form == 1 ? type : above;
        var other = isSlot ? $"?{variable}" : literals.Uid(parentType);
        if (isSlot) slots.Add(($"?{variable}", parentType));
        isOfType = form is 1 or 3 or 4;
        return form switch
        {
            0 => variable,
            1 => $"{variable} == {other}",
            2 => $"{variable} in {other}",
            3 => $"{variable} is {type}",
            _ => $"{variable} is {type} in {other}",
        };
    }

    private string Actions(ActionKind action, LiteralMaker literals, out bool isOne)
    {
        var above = action.Above.ToArray();
        var form = dice.Below(above.Length > 0 ? 7 : 5);
        isOne = form is 1 or 2 or 3;
        return form switch
        {
            0 => "action",
            1 or 2 => $"action == {literals.Uid(action)}",
            3 => $"action in [{literals.Uid(action)}]",
            4 => $"action in [{literals.Uid(action)}, {literals.Uid(dice.Pick<ActionKind>(world.Actions))}]",
            5 => $"action in {literals.Uid(dice.Pick(above))}",
            _ => $"action in [{literals.Uid(dice.Pick(above))}, {literals.Uid(dice.Pick<ActionKind>(world.Actions))}]",
        };
    }
}
