using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;
using CredBroker.Core.Catalog;

namespace CredBroker.Core.Policies;

/// <summary>Which of a catalog's actions a policy is about.</summary>
internal sealed class ActionMembers
{
    private readonly List<EntityUid> _all = [];
    private readonly Dictionary<EntityUid, List<EntityUid>> _in = [];

    internal ActionMembers(IEnumerable<Tool> tools)
    {
        foreach (var action in tools.SelectMany(tool => tool.Actions.Values))
        {
            var uid = PolicyNames.Of(action.Rule.Tool, action.Rule.Action);
            _all.Add(uid);
            foreach (var container in PolicyEntities.GroupsOf(action.Rule).Append(uid))
                (_in.TryGetValue(container, out var members) ? members : _in[container] = []).Add(uid);
        }
    }

    /// <summary>The actions that meet a constraint.</summary>
    internal IEnumerable<EntityUid> Of(ActionConstraint constraint) => constraint switch
    {
        ActionConstraint.Any => _all,
        ActionConstraint.Equal equal => In(equal.Action.Uid).Where(uid => uid.Equals(equal.Action.Uid)),
        _ => constraint.Actions.SelectMany(action => In(action.Uid)).Distinct(),
    };

    private List<EntityUid> In(EntityUid container) => _in.GetValueOrDefault(container) ?? [];
}
