using System.Security.Cryptography;
using CredBroker.Tests.Identity;

namespace CredBroker.IntegrationTests.Attestation;

/// <summary>
/// Tokens and key sets as real issuers write them, member by member. Sources: Kubernetes, "Managing Service Accounts", bound service
/// account tokens and <c>/openid/v1/jwks</c>; GitHub, "About security hardening with OpenID Connect".
/// </summary>
internal static class OidcTokens
{
    public const string Audience = "https://broker.example.test";
    public const string Kubernetes = "https://kubernetes.default.svc.cluster.local";
    public const string GitHub = "https://token.actions.githubusercontent.com";

    /// <summary>Another key of GitHub's than the one that signs here.</summary>
    public const string RetiredKey = "1F2AB83404C08EC9EA0BB99DAED02186B091DBF4";

    private const string CurrentKey = "78167F727DEC5D801DD1C8784C704A1C880EC0E1";
    private const string GitHubMembers = "\"use\":\"sig\",\"alg\":\"RS256\",\"x5c\":[\"MIIDrDCCApSgAwIBAgIQ\"]";
    private static readonly RSA s_retired = RSA.Create(2048);

    /// <summary>As an API server publishes them.</summary>
    public static string KubernetesKeys =>
        ForgeKeys.Set(ForgeKeys.Jwk(ForgeKeys.Rsa, "\"use\":\"sig\",\"kid\":\"3vEBzqoRqnLkPvJb\",\"alg\":\"RS256\""));

    /// <summary>As GitHub publishes them: more than one, each with its certificate.</summary>
    public static string GitHubKeys => ForgeKeys.Set(
        ForgeKeys.Jwk(s_retired, $"\"kid\":\"{RetiredKey}\",{GitHubMembers},\"x5t\":\"Hyq4NATAjsnqC7mdrtAhhrCR2_Q\""),
        ForgeKeys.Jwk(ForgeKeys.Rsa, $"\"kid\":\"{CurrentKey}\",{GitHubMembers},\"x5t\":\"eBZ_cn3sXYAd0ch4THBKHIgOwOE\""));

    /// <summary>A projected token of a pod's service account.</summary>
    public static ForgeJwt OfPod(string account = "agents:support") => new()
    {
        Header = """{"alg":"RS256","kid":"3vEBzqoRqnLkPvJb"}""",
        Iss = $"\"{Kubernetes}\"",
        Sub = $"\"system:serviceaccount:{account}\"",
        Aud = $"[\"{Audience}\"]",
        Iat = Forgeries.Seconds(-60),
        Nbf = Forgeries.Seconds(-60),
        Exp = Forgeries.Seconds(3_547),
        More = $$$"""
            "jti":"4a6e1f0c-8c2e-4d4b-9a57-7b1a0e3f9b11","kubernetes.io":{"namespace":"{{{account.Split(':')[0]}}}","node":{"name":"worker-1","uid":"c2a7"},
            "pod":{"name":"support-6f7d","uid":"0b1e"},"serviceaccount":{"name":"{{{account.Split(':')[1]}}}","uid":"91d3"}}
            """.ReplaceLineEndings(""),
    };

    /// <summary>A token of a job that deploys from the main branch.</summary>
    /// <param name="changes">Claims to be other than that.</param>
    public static ForgeJwt OfJob(params (string Name, string Value)[] changes)
    {
        var claims = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["sub"] = "repo:acme/agents:environment:production", ["jti"] = "c7cd7b3f-3a0b-4f3d-8a35-5a2d1f6f0d0e", ["environment"] = "production",
            ["ref"] = "refs/heads/main", ["sha"] = "f1d2d2f924e986ac86fdf7b36c94bcdf32beec15", ["repository"] = "acme/agents", ["repository_owner"] = "acme",
            ["actor_id"] = "12", ["repository_visibility"] = "private", ["repository_id"] = "74", ["repository_owner_id"] = "65", ["run_id"] = "1620",
            ["run_number"] = "10", ["run_attempt"] = "2", ["runner_environment"] = "github-hosted", ["actor"] = "octocat", ["workflow"] = "deploy",
            ["head_ref"] = "", ["base_ref"] = "", ["event_name"] = "push", ["ref_type"] = "branch", ["ref_protected"] = "true",
            ["job_workflow_ref"] = "acme/agents/.github/workflows/deploy.yml@refs/heads/main",
        };
        foreach (var (name, value) in changes)
            claims[name] = value;
        return new()
        {
            Header = $$"""{"typ":"JWT","alg":"RS256","x5t":"eBZ_cn3sXYAd0ch4THBKHIgOwOE","kid":"{{CurrentKey}}"}""",
            Iss = $"\"{GitHub}\"",
            Sub = $"\"{claims["sub"]}\"",
            Aud = $"\"{Audience}\"",
            // GitHub lets a token begin before it was issued, for clocks that are late.
            Nbf = Forgeries.Seconds(-600),
            Iat = Forgeries.Seconds(-5),
            Exp = Forgeries.Seconds(295),
            More = string.Join(',', claims.Where(claim => claim.Key != "sub").Select(claim => $"\"{claim.Key}\":\"{claim.Value}\"")),
        };
    }
}
