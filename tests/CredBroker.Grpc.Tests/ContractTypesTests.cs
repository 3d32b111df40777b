using Grpc.Core;

namespace Grpc.Tests;

public sealed class ContractTypesTests
{
    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("ümlaut")]
    [InlineData(":method")]
    [InlineData("a/b")]
    public void Metadata_keys_have_only_letters_digits_dash_dot_and_underscore(string key) =>
        Assert.ThrowsAny<ArgumentException>(() => new Metadata { { key, "value" } });

    [Fact]
    public void Metadata_keys_are_lower_case_and_found_in_any() =>
        Assert.Equal(("key", "v"), (new Metadata { { "Key", "v" } }.Single().Key, new Metadata { { "key", "v" } }.GetValue("KEY")!));

    [Fact]
    public void Text_and_bytes_are_told_apart_by_the_key()
    {
        Assert.Throws<ArgumentException>(() => new Metadata { { "key-bin", "text" } });
        Assert.Throws<ArgumentException>(() => new Metadata { { "key", [1] } });
        var metadata = new Metadata { { "key-bin", [1] }, { "key", "text" } };
        Assert.Throws<InvalidOperationException>(() => metadata[0].Value);
        Assert.Equal("text"u8.ToArray(), metadata[1].ValueBytes);
        Assert.Equal((true, false), (metadata[0].IsBinary, metadata[1].IsBinary));
    }

    [Fact]
    public void Bytes_are_copied_in_and_out()
    {
        byte[] bytes = [1, 2];
        var metadata = new Metadata { { "key-bin", bytes } };
        bytes[0] = 9;
        metadata[0].ValueBytes[1] = 9;
        Assert.Equal([1, 2], metadata[0].ValueBytes);
    }

    [Fact]
    public void The_last_entry_of_a_key_is_the_value_and_all_are_kept()
    {
        var metadata = new Metadata { { "a", "1" }, { "b", "2" }, { "a", "3" } };
        Assert.Equal("3", metadata.GetValue("a"));
        Assert.Equal(["1", "3"], metadata.GetAll("a").Select(entry => entry.Value));
        Assert.Null(metadata.Get("c"));
        Assert.Null(metadata.GetValueBytes("c-bin"));
    }

    [Fact]
    public void Metadata_are_a_list()
    {
        var metadata = new Metadata { { "a", "1" } };
        var entry = new Metadata.Entry("b", "2");
        metadata.Insert(0, entry);
        Assert.Equal((0, true, 2), (metadata.IndexOf(entry), metadata.Contains(entry), metadata.Count));
        metadata[1] = entry;
        var copy = new Metadata.Entry[2];
        metadata.CopyTo(copy, 0);
        Assert.Equal([entry, entry], copy);
        Assert.True(metadata.Remove(entry));
        metadata.RemoveAt(0);
        Assert.Empty(metadata);
        Assert.Throws<ArgumentNullException>(() => metadata.Add(null!));
    }

    [Fact]
    public void The_empty_metadata_stay_empty()
    {
        Assert.True(Metadata.Empty.IsReadOnly);
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("a", "b"));
    }

    [Fact]
    public void Call_options_are_changed_by_copies()
    {
        using var source = new CancellationTokenSource();
        var deadline = new DateTime(2040, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var credentials = CallCredentials.FromInterceptor((_, _) => Task.CompletedTask);
        var options = new CallOptions().WithHeaders([]).WithDeadline(deadline).WithCancellationToken(source.Token)
            .WithWriteOptions(WriteOptions.Default).WithCredentials(credentials).WithWaitForReady();
        Assert.Equal((deadline, source.Token, true), (options.Deadline, options.CancellationToken, options.IsWaitForReady));
        Assert.Same(credentials, options.Credentials);
        Assert.Same(WriteOptions.Default, options.WriteOptions);
        Assert.Null(new CallOptions().Headers);
    }

    [Fact]
    public void An_rpc_exception_tells_its_status()
    {
        var cause = new IOException("cause");
        var failure = new RpcException(new Status(StatusCode.NotFound, "gone", cause), new Metadata { { "a", "b" } });
        Assert.Equal("Status(StatusCode=\"NotFound\", Detail=\"gone\")", failure.Message);
        Assert.Equal((StatusCode.NotFound, "b"), (failure.StatusCode, failure.Trailers.GetValue("a")));
        Assert.Same(cause, failure.InnerException);
        Assert.Equal("", default(Status).Detail);
    }

    [Fact]
    public void A_definition_binds_its_methods_again()
    {
        var definition = Echo.Echo.BindService(new Serving.EchoService(new Serving.CallLog()));
        var binder = new Counting();
        definition.BindService(binder);
        Assert.Equal(["Say", "Collect", "Repeat", "Chat"], binder.Names);
    }

    [Fact]
    public async Task Credentials_compose_in_order()
    {
        var metadata = new Metadata();
        CallCredentials Adding(string value) => CallCredentials.FromInterceptor((_, to) =>
        {
            to.Add("order", value);
            return Task.CompletedTask;
        });
        foreach (var one in CallCredentials.Compose(Adding("1"), CallCredentials.Compose(Adding("2"), Adding("3"))).Interceptors)
            await one(new AuthInterceptorContext("s", "m"), metadata);
        Assert.Equal(["1", "2", "3"], metadata.Select(entry => entry.Value));
    }

    private sealed class Counting : ServiceBinderBase
    {
        public List<string> Names { get; } = [];

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) => Names.Add(method.Name);

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) => Names.Add(method.Name);

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) => Names.Add(method.Name);

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) => Names.Add(method.Name);
    }
}
