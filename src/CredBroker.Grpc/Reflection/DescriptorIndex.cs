using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Grpc.Reflection;

/// <summary>Finds the file that declares a name.</summary>
internal sealed class DescriptorIndex
{
    private readonly Dictionary<string, FileDescriptor> _byFile = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _bySymbol = new(StringComparer.Ordinal);

    public DescriptorIndex(IEnumerable<ServiceDescriptor> services)
    {
        foreach (var service in services)
        {
            Services.Add(service.FullName);
            Add(service.File);
        }
    }

    /// <summary>Full names, in order.</summary>
    public SortedSet<string> Services { get; } = new(StringComparer.Ordinal);

    public FileDescriptor? FindFile(string name) => _byFile.GetValueOrDefault(name);

    public FileDescriptor? FindSymbol(string fullName) => _bySymbol.GetValueOrDefault(fullName);

    /// <summary>A file and all that it imports, each once, serialized.</summary>
    public static IEnumerable<ByteString> WithImports(FileDescriptor file)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Queue<FileDescriptor>([file]);
        while (waiting.TryDequeue(out var next))
        {
            if (!seen.Add(next.Name)) continue;
            yield return next.SerializedData;
            foreach (var import in next.Dependencies) waiting.Enqueue(import);
        }
    }

    private void Add(FileDescriptor file)
    {
        if (!_byFile.TryAdd(file.Name, file)) return;

        foreach (var import in file.Dependencies) Add(import);
        foreach (var message in file.MessageTypes) Add(message);
        foreach (var enumeration in file.EnumTypes) _bySymbol[enumeration.FullName] = file;
        foreach (var service in file.Services)
        {
            _bySymbol[service.FullName] = file;
            foreach (var method in service.Methods) _bySymbol[method.FullName] = file;
        }
    }

    private void Add(MessageDescriptor message)
    {
        _bySymbol[message.FullName] = message.File;
        foreach (var enumeration in message.EnumTypes) _bySymbol[enumeration.FullName] = message.File;
        foreach (var nested in message.NestedTypes) Add(nested);
    }
}
