using CredBroker.Cedar.Fuzz.Mutation;
using CredBroker.Cedar.Fuzz.Worlds;

namespace CredBroker.Cedar.Fuzz.Facts;

/// <summary>Requests, most of which the schema allows.</summary>
internal sealed class RequestMaker(World world, Dice dice, bool isExplicit)
{
    private readonly ValueMaker _values = new(world, dice, isExplicit);
    private readonly ActionKind[] _requested = [.. world.Actions.Where(action => !action.Principals.IsEmpty)];

    public JsonTree Make()
    {
        var action = dice.Pick(_requested);
        var principal = _values.Uid(dice.Chance(96) ? dice.Pick<string>(action.Principals) : dice.Pick<EntityKind>(world.Entities).Name);
        var resource = _values.Uid(dice.Chance(96) ? dice.Pick<string>(action.Resources) : dice.Pick<EntityKind>(world.Entities).Name);
        var asked = dice.Chance(97) ? action : dice.Pick<ActionKind>(world.Actions);
        var context = action.Context.Bare is Shape.Record { Members: var members } ? _values.Record(members) : JsonTree.Record();
        var useSchema = dice.Chance(isExplicit ? 50 : 85);
        return JsonTree.Record(
            ("principal", dice.Chance(2) ? new JsonMutator(dice).Mutate(principal) : principal),
            ("action", ValueMaker.Uid(asked.Type, asked.Id)),
            ("resource", resource),
            ("context", dice.Chance(8) ? new JsonMutator(dice).Mutate(context) : context),
            ("useSchema", JsonTree.Of(useSchema)),
            ("validateRequest", JsonTree.Of(useSchema && dice.Chance(60))));
    }
}
