using System.Collections.Immutable;
using CredBroker.Cedar.Fuzz.Facts;
using CredBroker.Cedar.Fuzz.Mutation;
using CredBroker.Cedar.Fuzz.Policies;
using CredBroker.Cedar.Fuzz.Worlds;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Schema;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Fuzz.Cases;

/// <summary>
/// A case from a number: <c>{schema, policies, entities, requests, questions, roundTrips}</c>. What was changed at random until our side refuses it
/// would spoil the whole case: it is asked about by itself, among the questions, and must be refused there too.
/// </summary>
internal sealed class CaseMaker
{
    private const int Requests = 14;

    private readonly Dice _dice;
    private readonly World _world;
    private readonly PolicyMaker _policies;
    private readonly List<JsonTree> _questions = [];

    private CaseMaker(ulong seed)
    {
        _dice = new(seed);
        _world = new WorldMaker(_dice).Make();
        _policies = new(_world, _dice);
    }

    public static JsonTree Make(ulong seed) => new CaseMaker(seed).Make();

    private JsonTree Make()
    {
        var isExplicit = _dice.Chance(70);
        var schema = MakeSchema();
        var policies = MakePolicies();
        var entities = new EntityMaker(_world, _dice, isExplicit).Make();
        if (_dice.Chance(6))
        {
            var changed = new JsonMutator(_dice).Mutate(entities);
            _questions.Add(JsonTree.Record(("op", JsonTree.Of("parseEntities")), ("entities", changed)));
            _questions.Add(JsonTree.Record(("op", JsonTree.Of("parseEntities")), ("entities", changed), ("schema", schema)));
            if (_dice.Chance(30)) entities = changed;
        }

        var requests = Dice.Times(Requests, new RequestMaker(_world, _dice, isExplicit).Make);
        if (_dice.Chance(8))
        {
            var request = _dice.Pick(requests);
            var context = new JsonMutator(_dice).Mutate(request["context"] ?? JsonTree.Null);
            _questions.Add(JsonTree.Record(("op", JsonTree.Of("parseContext")), ("context", context)));
            _questions.Add(JsonTree.Record(("op", JsonTree.Of("parseContext")), ("context", context), ("schema", schema), ("action", request["action"] ?? JsonTree.Null)));
        }

        return JsonTree.Record(("schema", schema), ("policies", policies), ("entities", entities), ("requests", JsonTree.List(requests)), ("questions", JsonTree.List(_questions)), ("roundTrips", JsonTree.Of(_dice.Chance(10))));
    }

    private JsonTree MakeSchema()
    {
        if (_dice.Chance(60))
        {
            var text = new SchemaText(_world, _dice).Write();
            return Changed(JsonTree.Of(text), 12, () => JsonTree.Of(new TextMutator(_dice).Mutate(text)), IsSchema, "parseSchema", "schema");
        }

        var json = new SchemaJson(_world, _dice).Write();
        return Changed(json, 12, () => new JsonMutator(_dice).Mutate(json), IsSchema, "parseSchema", "schema");
    }

    private JsonTree MakePolicies()
    {
        var fixedOnes = Dice.Times(_dice.Between(2, 5), MakePolicy);
        if (_dice.Chance(75))
            return _dice.Chance(40) && fixedOnes.All(policy => policy is JsonTree.Text) ? JsonTree.Of(string.Join('\n', fixedOnes.Select(policy => ((JsonTree.Text)policy).Value))) : JsonTree.Record(("staticPolicies", Named("p", fixedOnes)));

        var templates = Dice.Times(_dice.Between(1, 2), () => (Text: _policies.MakeTemplate(_dice.Chance(12), out var slots), Slots: slots));
        var links = Enumerable.Range(0, _dice.Between(1, 4)).Select(i =>
        {
            var template = _dice.Below(templates.Length);
            return Link($"t{template}", $"l{i}", templates[template].Slots);
        });
        return JsonTree.Record(
            ("staticPolicies", Named("p", fixedOnes)),
            ("templates", Named("t", templates.Select(template => Form(template.Text)))),
            ("templateLinks", JsonTree.List(links)));
    }

    private static JsonTree Named(string prefix, IEnumerable<JsonTree> policies) => JsonTree.Record(policies.Select((policy, i) => ($"{prefix}{i}", policy)));

    private JsonTree Link(string template, string id, ImmutableArray<(string Slot, string Type)> slots)
    {
        var values = new ValueMaker(_world, _dice, isExplicit: true);
        var filled = slots.Where(_ => !_dice.Chance(1)).Select(slot => (slot.Slot, values.Uid(_dice.Chance(94) ? slot.Type : _dice.Pick<EntityKind>(_world.Entities).Name)));
        return JsonTree.Record(("templateId", JsonTree.Of(template)), ("newId", JsonTree.Of(id)), ("values", JsonTree.Record(filled)));
    }

    private JsonTree MakePolicy()
    {
        var text = _policies.Make(isCareless: _dice.Chance(20));
        var policy = Changed(JsonTree.Of(text), 6, () => JsonTree.Of(new TextMutator(_dice).Mutate(text)), IsOnePolicy, "parse", "policies");
        return Form(((JsonTree.Text)policy).Value);
    }

    /// <summary>As text, or as JSON, which may be changed.</summary>
    private JsonTree Form(string text)
    {
        if (_dice.Chance(80) || !PolicyParser.TryParse(new("policy", text), out var parsed, out _) || parsed is not [var policy]) return JsonTree.Of(text);
        var json = JsonTree.Read(PolicyJson.Write(policy));
        return policy.IsTemplate ? json : Changed(json, 25, () => new JsonMutator(_dice).Mutate(json), IsOnePolicy, "parse", "policies");
    }

    /// <summary>Now and then changed. What is then refused is asked about by itself, and the original stays.</summary>
    private JsonTree Changed(JsonTree original, int percent, Func<JsonTree> change, Func<JsonTree, bool> isAccepted, string operation, string member)
    {
        if (!_dice.Chance(percent)) return original;
        var changed = change();
        if (isAccepted(changed)) return changed;
        _questions.Add(JsonTree.Record(("op", JsonTree.Of(operation)), (member, operation == "parse" ? Named("x", [changed]) : changed)));
        return original;
    }

    private static bool IsSchema(JsonTree schema) => schema is JsonTree.Text { Value: var text }
        ? CedarSchema.TryParse(new("schema", text), out _, out _)
        : CedarSchema.TryParseJson(new("schema", schema.ToString()), out _, out _);

    private static bool IsOnePolicy(JsonTree policy) => policy is JsonTree.Text { Value: var text }
        ? PolicyParser.TryParse(new("policy", text), out var read, out _) && read is [{ IsTemplate: false }]
        : PolicyJson.TryParse(new("policy", policy.ToString()), out var other, out _) && !other.IsTemplate;
}
