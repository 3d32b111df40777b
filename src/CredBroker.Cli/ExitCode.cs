namespace CredBroker.Cli;

/// <summary>What the process answers to the shell. Part of the contract: docs/cli.md.</summary>
internal enum ExitCode
{
    /// <summary>Done.</summary>
    Done = 0,

    /// <summary>Refused or failed, for none of the reasons below.</summary>
    Failed = 1,

    /// <summary>The command line is wrong, or the broker refused something on it as malformed.</summary>
    Usage = 2,

    /// <summary>No broker answered, or it is not able to work at the moment.</summary>
    Unreachable = 3,

    /// <summary>The broker does not know the caller, or does not allow it what it asked for.</summary>
    Denied = 4,

    /// <summary>Too much of something: a rate or a number of tasks.</summary>
    TooMuch = 5,

    /// <summary>Done, and the answer is that something would be otherwise.</summary>
    Differs = 6,
}
