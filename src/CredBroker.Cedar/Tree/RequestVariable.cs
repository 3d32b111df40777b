namespace CredBroker.Cedar.Tree;

/// <summary>The variables that every policy has.</summary>
public enum RequestVariable
{
    /// <summary>Who asks.</summary>
    Principal,

    /// <summary>For what.</summary>
    Action,

    /// <summary>On what.</summary>
    Resource,

    /// <summary>Whatever else the asker's surroundings say: a record.</summary>
    Context,
}
