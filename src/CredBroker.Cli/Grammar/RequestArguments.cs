using System.CommandLine;
using CredBroker.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace CredBroker.Cli.Grammar;

/// <summary>Arguments and options that requests are made of, for all commands that ask for the same thing.</summary>
internal static class RequestArguments
{
    public static Argument<string> TaskId() => new("task-id") { Description = "The task." };

    public static Argument<DirectoryInfo> CatalogFolder() => new Argument<DirectoryInfo>("folder")
    {
        Description = "The folder with broker.yaml and what it refers to.",
    }.AcceptExistingOnly();

    public static Option<string> Cause() => new("--cause")
    {
        HelpName = "TEXT",
        Description = "Why, for the audit: 1 to 256 bytes.",
        Required = true,
    };

    public static Option<string?> RequestId() => new("--request-id")
    {
        HelpName = "UUID",
        Description = "Ask again with the id of an earlier request, for the same answer. A new one when absent.",
    };

    public static Option<string?> Prompt() => new("--prompt")
    {
        HelpName = "TEXT",
        Description = "The part of the prompt that led here: at most 4,096 bytes.",
    };

    public static Option<Outcome?> Outcome(string description) => new("--outcome")
    {
        HelpName = "completed|failed|cancelled",
        Description = description,
        CustomParser = result =>
        {
            switch (result.Tokens[0].Value)
            {
                case "completed": return V1.Outcome.Completed;
                case "failed": return V1.Outcome.Failed;
                case "cancelled": return V1.Outcome.Cancelled;
                default:
                    result.AddError($"--outcome {result.Tokens[0].Value} is none of completed, failed, cancelled.");
                    return null;
            }
        },
    };

    public static Option<Duration?> Duration(string name, string description) => new(name)
    {
        HelpName = "DURATION",
        Description = description,
        CustomParser = result =>
        {
            if (DurationText.TryParse(result.Tokens[0].Value, out var duration)) return duration.ToDuration();
            result.AddError($"{name} {result.Tokens[0].Value} is not a length of time like 90s, 15m or 1h30m.");
            return null;
        },
    };

    /// <summary>How many to list; absent: what the broker lists.</summary>
    public static Option<int?> Limit(string description)
    {
        var limit = new Option<int?>("--limit") { HelpName = "COUNT", Description = $"{description} 100 when absent." };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 1) result.AddError("--limit is at least 1.");
        });
        return limit;
    }

    public static Option<Capability[]> Envelope() => new("--allow")
    {
        HelpName = "CAPABILITY",
        Description = $"The most the task may ask for, once for each: {CapabilityText.Form}, or JSON.",
        Required = true,
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            var capabilities = result.Tokens.Select(token => Capability(token.Value, why => result.AddError($"--allow: {why}")));
            return [.. capabilities.OfType<Capability>()];
        },
    };

    /// <summary>A capability as text, or as JSON in the mapping of capability.proto where it begins with a brace.</summary>
    public static Capability? Capability(string text, Action<string> problem)
    {
        if (text.StartsWith('{'))
        {
            try
            {
                return V1.Capability.Parser.ParseJson(text);
            }
            catch (Exception failure) when (failure is InvalidProtocolBufferException or InvalidOperationException)
            {
                problem($"not a capability in JSON: {failure.Message}");
                return null;
            }
        }

        if (CapabilityText.TryParse(text, out var capability, out var why)) return capability;
        problem($"{why}.");
        return null;
    }

    /// <summary>A token, or a dash for the first line of standard input.</summary>
    public static Argument<string> Token(Terminal terminal) => new("token")
    {
        Description = "The token; - reads it from standard input.",
        CustomParser = result => result.Tokens[0].Value == "-" ? terminal.In.ReadLine()?.Trim() ?? "" : result.Tokens[0].Value,
    };
}
