using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>On every endpoint of a gRPC method: which method it is.</summary>
public sealed class GrpcMethodMetadata(Type serviceType, IMethod method)
{
    /// <summary>The service's implementation.</summary>
    public Type ServiceType { get; } = serviceType;

    /// <summary>The method.</summary>
    public IMethod Method { get; } = method;
}
