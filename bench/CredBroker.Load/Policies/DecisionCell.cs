using System.Globalization;
using System.Text;
using CredBroker.Cedar.Authorization;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Policies;
using CredBroker.Cedar.Values;

namespace CredBroker.Load.Policies;

/// <summary>
/// Decisions over entities and requests that were made before. Every request meets the scope of exactly one policy, however many there
/// are: its user's team's.
/// </summary>
internal static class DecisionCell
{
    public const int Users = 1_000;

    private static readonly EntityUid s_read = EntityUid.Of("Action", "read");

    /// <summary>Decisions with so many policies.</summary>
    /// <param name="policies">A thousand or less, or a multiple of it.</param>
    /// <param name="users">
    /// How many of the users ask by turns. One finds all that it needs in the processor's caches; of a thousand, each with a policy of its
    /// own, most find it in memory only.
    /// </param>
    public static Rounds Of(int policies, int users)
    {
        var (snapshot, entities, result) = (PolicySnapshot.Compile(SetOf(policies)), EntitiesOf(policies), new AuthorizationResult());
        var requests = Enumerable.Range(0, users).Select(RequestOf).ToArray();
        foreach (var request in requests)
            if (snapshot.Authorize(request, entities, result) != Decision.Allow || result.ReasonCount != 1)
                throw new InvalidOperationException("a request is not decided by one policy");
        return new(string.Create(CultureInfo.InvariantCulture, $"decision, {policies:N0} {(policies == 1 ? "policy" : "policies")}, {(users == 1 ? "the same user again" : $"{users:N0} users by turns")}"), 200_000, times =>
        {
            for (var i = 0; i < times; i++) snapshot.Authorize(requests[i % users], entities, result);
        });
    }

    /// <summary>The floor: what any engine must do, three names looked up in a table by their text.</summary>
    public static Rounds Floor()
    {
        var entities = EntitiesOf(1).Entities.ToDictionary(entity => entity.Uid.ToString());
        var names = Enumerable.Range(0, Users).Select(i => (Principal: UserOf(i).ToString(), Resource: DocumentOf(i).ToString())).ToArray();
        var action = s_read.ToString();
        return new("floor: three look-ups in a dictionary by text", 200_000, times =>
        {
            var found = 0;
            for (var i = 0; i < times; i++)
            {
                var (principal, resource) = names[i % Users];
                if (entities.ContainsKey(principal) && entities.ContainsKey(resource) && entities.ContainsKey(action)) found++;
            }

            if (found != times) throw new InvalidOperationException("an entity is not found");
        });
    }

    private static PolicySet SetOf(int count)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $$"""
                permit (principal in Team::"{{i}}", action == Action::"read", resource in Folder::"{{i}}")
                when { resource.owner == principal || (context.reads < 100 && context.phase == "work" && !principal.suspended) };

                """);
        }

        return PolicySet.TryParse(text.ToString(), out var set, out var errors) ? set : throw new InvalidOperationException($"{errors[0]}");
    }

    /// <summary>Users and documents of as many teams and folders as have policies, evenly spread.</summary>
    private static EntityStore EntitiesOf(int policies)
    {
        var suspended = CedarRecord.Of(new KeyValuePair<string, CedarValue>("suspended", CedarValue.False));
        var entities = new List<Entity> { new(s_read) };
        for (var i = 0; i < Users; i++)
        {
            var team = (policies <= Users ? i % policies : i * (policies / Users)).ToString(CultureInfo.InvariantCulture);
            var owner = CedarRecord.Of(new KeyValuePair<string, CedarValue>("owner", CedarValue.Of(UserOf((i + 1) % Users))));
            entities.Add(new(UserOf(i), suspended, [EntityUid.Of("Team", team)]));
            entities.Add(new(DocumentOf(i), owner, [EntityUid.Of("Folder", team)]));
        }

        return EntityStore.TryCreate(entities, out var store, out var errors) ? store : throw new InvalidOperationException($"{errors[0]}");
    }

    private static CedarRequest RequestOf(int i) => new(UserOf(i), s_read, DocumentOf(i), CedarRecord.Of(
        new KeyValuePair<string, CedarValue>("reads", CedarValue.Of(i % 100)), new KeyValuePair<string, CedarValue>("phase", CedarValue.Of("work"))));

    private static EntityUid UserOf(int i) => EntityUid.Of("User", string.Create(CultureInfo.InvariantCulture, $"user{i}"));

    private static EntityUid DocumentOf(int i) => EntityUid.Of("Document", string.Create(CultureInfo.InvariantCulture, $"acme/plans/{i}"));
}
