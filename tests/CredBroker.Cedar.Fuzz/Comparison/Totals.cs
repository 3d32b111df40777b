using System.Globalization;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Fuzz.Comparison;

/// <summary>How much was asked, and of what kind it was: what is denied or refused throughout proves nothing.</summary>
internal sealed class Totals
{
    public long Cases { get; set; }

    /// <summary>Requests that were decided.</summary>
    public long Decided { get; private set; }

    public long Allowed { get; private set; }

    /// <summary>Decisions with a policy that failed.</summary>
    public long Failing { get; private set; }

    /// <summary>Requests that were refused: they, or the entities, do not fit the schema, or are none.</summary>
    public long Refused { get; private set; }

    /// <summary>Policy sets that were held against a schema.</summary>
    public long Validations { get; private set; }

    public long ValidSets { get; private set; }

    public long Policies { get; private set; }

    public long InvalidPolicies { get; private set; }

    /// <summary>Texts and JSON that were only read, most of them broken.</summary>
    public long Readings { get; private set; }

    public long Accepted { get; private set; }

    /// <summary>Policies through text and JSON.</summary>
    public long RoundTrips { get; private set; }

    /// <summary>How often the official build died over a question.</summary>
    public long Deaths { get; set; }

    public long Differences { get; set; }

    public double AllowedShare => Share(Allowed, Decided);

    public double FailingShare => Share(Failing, Decided);

    public double ValidPoliciesShare => Share(Policies - InvalidPolicies, Policies);

    public void Add(string kind, Answer answer, JsonTree asked)
    {
        switch (kind)
        {
            case "run" when answer.IsFine:
                Decided++;
                if (answer.IsAllowed) Allowed++;
                if (answer.Policies > 0) Failing++;
                break;
            case "run":
                Refused++;
                break;
            case "validate" when answer.IsFine:
                Validations++;
                if (answer.Policies == 0) ValidSets++;
                Policies += Count(asked["policies"] ?? JsonTree.Null);
                InvalidPolicies += answer.Policies;
                break;
            case "toJson":
                RoundTrips++;
                break;
            default:
                Readings++;
                if (answer.IsFine) Accepted++;
                break;
        }
    }

    public void Add(Totals other)
    {
        Cases += other.Cases;
        Decided += other.Decided;
        Allowed += other.Allowed;
        Failing += other.Failing;
        Refused += other.Refused;
        Validations += other.Validations;
        ValidSets += other.ValidSets;
        Policies += other.Policies;
        InvalidPolicies += other.InvalidPolicies;
        Readings += other.Readings;
        Accepted += other.Accepted;
        RoundTrips += other.RoundTrips;
        Deaths += other.Deaths;
        Differences += other.Differences;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Cases:N0} cases: {Decided:N0} authorizations ({AllowedShare:P0} allowed, {FailingShare:P0} with errors), {Refused:N0} requests refused; "
        + $"{Validations:N0} validations ({Share(ValidSets, Validations):P0} of the sets valid, {ValidPoliciesShare:P0} of the policies); "
        + $"{Readings:N0} readings ({Share(Accepted, Readings):P0} accepted); {RoundTrips:N0} round trips; official build died {Deaths:N0} times; {Differences:N0} differences");

    private static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;

    private static int Count(JsonTree policies)
    {
        if (policies is JsonTree.Text { Value: var text }) return PolicyParser.TryParse(new("policies", text), out var all, out _) ? all.Length : 0;
        return policies.Members.Sum(group => group.Value.Members.Count() + group.Value.Items.Count());
    }
}
