using System.ComponentModel;
using System.Diagnostics;

namespace CredBroker.Server.Hosting;

/// <summary>The operating-system account that PostgreSQL runs under: ours, or <c>postgres</c> when we are root, for it refuses root.</summary>
internal sealed class EmbeddedPostgresAccount
{
    private const string Unprivileged = "postgres";

    /// <summary>We are root, so programs are started under another account.</summary>
    public bool Drops { get; } = Environment.IsPrivilegedProcess;

    /// <summary>The name of the account.</summary>
    public string Name => Drops ? Unprivileged : Environment.UserName;

    /// <summary>The accounts that may connect: peer authentication maps these, and nobody else, to the cluster's role.</summary>
    public IEnumerable<string> Peers => Drops ? ["root", Unprivileged] : [Name];

    /// <summary>Makes a folder that only the account may enter.</summary>
    public async Task MakeFolderAsync(string path, CancellationToken ct)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (Drops) await RunAsync("install", ["-d", "-m", "0700", "-o", Name, "-g", Name, "--", path], asAccount: false, ct);
        else if (Directory.Exists(path)) File.SetUnixFileMode(path, owner);
        else Directory.CreateDirectory(path, owner);
    }

    /// <summary>How to start a program under the account, in a session of its own and with nothing of our environment.</summary>
    /// <param name="program">An absolute path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="endsWithUs">Interrupt it when the <b>thread</b> that starts it ends, prctl(2): that thread must stay.</param>
    public ProcessStartInfo Command(string program, IEnumerable<string> arguments, bool endsWithUs)
    {
        // A session of its own: Ctrl-C in our terminal must not stop the database while we are still writing our last words.
        var command = Bare("setsid", ["setpriv"]);
        if (Drops) Add(command, ["--reuid", Name, "--regid", Name, "--init-groups"]);
        if (endsWithUs) Add(command, ["--pdeathsig", "INT"]);
        Add(command, ["--", program, .. arguments]);
        return command;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it wrote to its standard output.</returns>
    /// <exception cref="EmbeddedPostgresException">It is missing, or failed: the message carries what it said.</exception>
    public async Task<string> RunAsync(string program, IEnumerable<string> arguments, bool asAccount, CancellationToken ct)
    {
        var command = asAccount ? Command(program, arguments, endsWithUs: false) : Bare(program, arguments);
        using var process = Start(command);
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        if (process.ExitCode == 0) return await output;
        throw new EmbeddedPostgresException(
            $"{Path.GetFileName(program)} failed as {(asAccount ? Name : Environment.UserName)}: {(await errors).Trim()}",
            Drops
                ? $"the account {Name} must exist and be able to reach the cluster's folder: every parent folder searchable (chmod o+x)"
                : "see the message above");
    }

    /// <summary>Starts a prepared command.</summary>
    /// <exception cref="EmbeddedPostgresException">The program is missing.</exception>
    public static Process Start(ProcessStartInfo command)
    {
        try
        {
            var process = Process.Start(command) ?? throw new UnreachableException();
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception missing)
        {
            throw new EmbeddedPostgresException($"{command.FileName} cannot be started: {missing.Message}",
                "apt-get install -y util-linux coreutils", missing);
        }
    }

    private static ProcessStartInfo Bare(string program, IEnumerable<string> arguments)
    {
        var command = new ProcessStartInfo(program)
        {
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // PGDATA, PGOPTIONS, LANG and their kind would change what the cluster is.
        command.Environment.Clear();
        command.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        command.Environment["LC_ALL"] = "C.UTF-8";
        command.Environment["TZ"] = "UTC";
        Add(command, arguments);
        return command;
    }

    private static void Add(ProcessStartInfo command, IEnumerable<string> arguments)
    {
        foreach (var argument in arguments) command.ArgumentList.Add(argument);
    }
}
