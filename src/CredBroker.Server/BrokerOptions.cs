using System.ComponentModel.DataAnnotations;
using CredBroker.Server.Ledger;

namespace CredBroker.Server;

/// <summary>
/// How one replica runs: read from the configuration section <c>CredBroker</c> (appsettings, <c>CREDBROKER__…</c> environment
/// variables, command line). What is allowed is not here: that is the catalog.
/// </summary>
public sealed class BrokerOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "CredBroker";

    /// <summary>The issuer (<c>iss</c>, RFC 7519 section 4.1.1) of every token, and the audience of identity tokens.</summary>
    [Required, MaxLength(256)]
    public string Issuer { get; set; } = "https://credbroker.local";

    /// <summary>
    /// The origins that callers reach this broker by, such as <c>https://broker.example.org</c>: what a DPoP proof's <c>htu</c> may
    /// name (RFC 9449 section 4.3). The addresses of <see cref="Listen"/> are added by themselves when they name a loopback.
    /// </summary>
    public IList<string> PublicOrigins { get; init; } = [];

    /// <summary>
    /// Absolute path of the Unix socket to listen on; null: none. Every user may connect who can reach its folder, which is made for the
    /// broker's own user when it is missing: to let agents of other users in, make it beforehand, with mode 0755.
    /// </summary>
    public string? UnixSocket { get; set; }

    /// <summary>Addresses to listen on, <c>https://host:port</c>, or <c>http://</c> for loopback only. Port 0 lets the system choose.</summary>
    public IList<string> Listen { get; init; } = [];

    /// <summary>
    /// Addresses for HTTP/1.1 readers of <c>/.well-known/jwks.json</c> and <c>/healthz</c>, where no TLS negotiates the protocol:
    /// <c>http://</c>, loopback only. With TLS they are on the addresses of <see cref="Listen"/> too.
    /// </summary>
    public IList<string> WebListen { get; init; } = [];

    /// <summary>The server certificate with its chain, PEM. Reloaded when the file changes.</summary>
    public string? TlsCertificateFile { get; set; }

    /// <summary>The private key of <see cref="TlsCertificateFile"/>, PEM.</summary>
    public string? TlsKeyFile { get; set; }

    /// <summary>Npgsql connection string of the PostgreSQL that all replicas share; null: an embedded one in <see cref="DataFolder"/>.</summary>
    public string? Database { get; set; }

    /// <summary>Where the embedded PostgreSQL keeps its data; used only without <see cref="Database"/>.</summary>
    public string? DataFolder { get; set; }

    /// <summary>False: the embedded PostgreSQL does not wait for the disk. For tests only.</summary>
    public bool DurableDatabase { get; set; } = true;

    /// <summary>A folder with a catalog to apply at start when it differs from the one in force. For development.</summary>
    public string? CatalogFolder { get; set; }

    /// <summary>How long an identity token lives: 10 seconds to 10 minutes (the contract's ceiling).</summary>
    [Range(typeof(TimeSpan), "00:00:10", "00:10:00")]
    public TimeSpan IdentityTokenLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest a call may take before it is answered, 1 to 60 seconds; a caller's own shorter deadline wins.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest request message, in bytes. Requests of Admin may be as large as a catalog.</summary>
    [Range(4 * 1024, 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 64 * 1024;

    /// <summary>Calls per second of one workload where the catalog sets no other, 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int CallsPerSecond { get; set; } = 1_000;

    /// <summary>The most that the clocks of this replica and of the database may differ, or it does not start.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:30")]
    public TimeSpan MaxClockDifference { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// True: DPoP proofs must carry a nonce of this replica (RFC 9449 section 8), which also closes replay on another replica within the
    /// proof's minute, at the price of one more round trip for a caller's first call.
    /// </summary>
    public bool DpopNonces { get; set; }

    /// <summary>How long a signing key signs before the next takes over, 1 minute to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan SigningKeyLifetime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>
    /// Salt of the digests that texts are kept as where the catalog says so: at least 64 hexadecimal digits, the same for all replicas, or
    /// equal texts cannot be told on two of them. Null: a random one for each process.
    /// </summary>
    [RegularExpression("^[0-9a-fA-F]{64,256}$")]
    public string? PromptSalt { get; set; }

    /// <summary>
    /// How the ledger uses the database. Nobody has had to set it yet, so it is not configuration. One writer loop where there are but two
    /// cores: what smaller batches cost is more than what overlapping them gains there (decision 3).
    /// </summary>
    internal LedgerOptions Ledger { get; } = new() { WriterLoops = Environment.ProcessorCount > 2 ? 2 : 1 };

    /// <summary>OTLP endpoint for traces and metrics; null: none are exported. <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> sets it too.</summary>
    public string? OtlpEndpoint { get; set; }
}
