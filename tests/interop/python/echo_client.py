"""grpcio against our server: python3 echo_client.py DESCRIPTOR_SET TARGET SCENARIO... A line for each: "name: ok" or what failed.

TARGET: host:port, unix:/path, or https://host:port with the certificate in GRPC_DEFAULT_SSL_ROOTS_FILE_PATH.
"""
import os
import queue
import sys
import time
import traceback

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

descriptors, target, *scenarios = sys.argv[1:]

# Messages come from a descriptor set: Debian's protobuf is older than the compiler that we generate with.
pool = descriptor_pool.DescriptorPool()
with open(descriptors, "rb") as file:
    for one in descriptor_pb2.FileDescriptorSet.FromString(file.read()).file:
        pool.Add(one)
factory = message_factory.MessageFactory(pool)


def message(name):
    return factory.GetPrototype(pool.FindMessageTypeByName(name))


Request, Reply = message("echo.EchoRequest"), message("echo.EchoReply")
HealthRequest, HealthReply = message("grpc.health.v1.HealthCheckRequest"), message("grpc.health.v1.HealthCheckResponse")


def connect(**options):
    compression = options.pop("compression", None)
    arguments = [("grpc." + name, value) for name, value in options.items()]
    if target.startswith("https://"):
        return grpc.secure_channel(target[len("https://"):], grpc.ssl_channel_credentials(), arguments, compression)
    return grpc.insecure_channel(target, arguments, compression)


def stub(channel, kind, path, request=Request, reply=Reply):
    return getattr(channel, kind)(path, request_serializer=request.SerializeToString, response_deserializer=reply.FromString)


def fails_with(code, call):
    try:
        call()
    except grpc.RpcError as error:
        assert error.code() == code, f"expected {code}, got {error.code()}: {error.details()}"
        return error
    raise AssertionError(f"expected {code}, got an answer")


class Talk:
    """Requests that are sent when the scenario says so."""

    def __init__(self):
        self.requests = queue.Queue()

    def say(self, **fields):
        self.requests.put(Request(**fields))

    def end(self):
        self.requests.put(None)

    def __iter__(self):
        return iter(self.requests.get, None)


def eventually(what, holds):
    patience = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < patience, f"it never came about that {what}"
        time.sleep(0.02)


def labelled(name):
    label = f"{name}-{os.getpid()}"
    return label, (("label", label),)


def nothing_runs(say, label):
    eventually(f"no {label} runs on the server", lambda: say(Request(behaviour="live", text=label)).number == 0)


def unary(say, **_):
    reply, call = say.with_call(Request(text="hello", padding=3))
    assert (reply.text, len(reply.payload)) == ("hello", 3)
    assert call.code() == grpc.StatusCode.OK


def empty(say, **_):
    assert say(Request()).text == ""


def large(say, **_):
    assert len(say(Request(payload=bytes(3_000_000), padding=3_500_000)).payload) == 3_500_000


def largest(say, **_):
    limit = 4 * 1024 * 1024
    connection = say(Request(behaviour="connection")).text
    request = Request(payload=bytes(limit - 5))
    assert request.ByteSize() == limit
    say(request)
    for excess in (1, limit):
        fails_with(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: say(Request(payload=bytes(limit - 5 + excess))))
        assert say(Request(behaviour="connection")).text == connection, "the connection did not survive"


def server_stream(repeat, **_):
    assert [reply.number for reply in repeat(Request(count=500))] == list(range(500))


def client_stream(collect, **_):
    assert collect(iter([Request(text="a"), Request(text="b")])).text == "a|b"


def duplex(chat, **_):
    assert [r.text for r in chat(Request(text=str(i)) for i in range(50))] == [str(i) for i in range(50)]


def half_close(chat, **_):
    requests = [Request(text=str(i), behaviour="answer at the end") for i in range(3)]
    assert [r.text for r in chat(iter(requests))] == ["0", "1", "2"]


def early_end(say, collect, **_):
    label, metadata = labelled("early_end")
    talk = Talk()
    talk.say(text="a")
    talk.say(behaviour="answer early")
    call = collect.future(iter(talk), metadata=metadata)
    assert call.result().text == "a"
    talk.say(text="nobody listens")
    talk.end()
    nothing_runs(say, label)


def refusal(say, **_):
    detail = "no: 100 % \u00e9\n\U0001f600"
    error = fails_with(grpc.StatusCode.NOT_FOUND, lambda: say(Request(text=detail, behaviour="refuse")))
    assert error.details() == detail, repr(error.details())
    trailers = dict(error.trailing_metadata())
    assert (trailers["why"], trailers["why-bin"]) == ("told", b"\x00\x01\xff"), trailers


def refusal_after_messages(repeat, **_):
    stream = repeat(Request(count=3, text="enough", behaviour="refuse"))
    assert [next(stream).number for _ in range(3)] == [0, 1, 2]
    assert fails_with(grpc.StatusCode.NOT_FOUND, lambda: next(stream)).details() == "enough"


def rich_status(say, **_):
    details = b"\x08\x09\x12\x03why\x1a\x02\x0a\x00\xff"
    error = fails_with(grpc.StatusCode.FAILED_PRECONDITION, lambda: say(Request(behaviour="refuse in detail", payload=details)))
    assert dict(error.trailing_metadata())["grpc-status-details-bin"] == details


def crash(say, **_):
    error = fails_with(grpc.StatusCode.UNKNOWN, lambda: say(Request(behaviour="crash")))
    assert "secret" not in error.details()


def deadline(say, repeat, **_):
    started = time.monotonic()
    fails_with(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: say(Request(behaviour="wait"), timeout=1))
    fails_with(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: list(repeat(Request(count=2, behaviour="ignore the token"), timeout=1)))
    assert time.monotonic() - started < 30


def cancel(say, repeat, **_):
    label, metadata = labelled("cancel")
    stream = repeat(Request(count=1, behaviour="wait"), metadata=metadata)
    next(stream)
    assert say(Request(behaviour="live", text=label)).number == 1
    stream.cancel()
    fails_with(grpc.StatusCode.CANCELLED, lambda: next(stream))
    nothing_runs(say, label)


def metadata(say, **_):
    sent = (("echo", "one"), ("echo", "two"), ("echo-bin", b""), ("echo-bin", b"\x01\x02"), ("echo-bin", b"\xff"))
    _, call = say.with_call(Request(behaviour="metadata"), metadata=sent)
    for prefix, got in (("header-", call.initial_metadata()), ("trailer-", call.trailing_metadata())):
        assert [v for k, v in got if k == prefix + "echo"] == ["one", "two"], got
        assert [v for k, v in got if k == prefix + "echo-bin"] == [b"", b"\x01\x02", b"\xff"], got


def compression(**_):
    for algorithm in (grpc.Compression.Gzip, grpc.Compression.Deflate):
        with connect(compression=algorithm) as channel:
            assert stub(channel, "unary_unary", "/echo.Echo/Say")(Request(text="x" * 50_000, padding=50_000)).text == "x" * 50_000
            requests = iter([Request(text="y" * 10_000) for _ in range(5)])
            assert stub(channel, "stream_unary", "/echo.Echo/Collect")(requests).number == 5
            replies = stub(channel, "unary_stream", "/echo.Echo/Repeat")(Request(count=5, text="z" * 10_000))
            assert [r.number for r in replies] == [0, 1, 2, 3, 4]


def bomb(**_):
    for algorithm in (grpc.Compression.Gzip, grpc.Compression.Deflate):
        with connect(compression=algorithm) as channel:
            say = stub(channel, "unary_unary", "/echo.Echo/Say")
            fails_with(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: say(Request(payload=bytes(40 * 1024 * 1024))))
            assert say(Request(text="still here")).text == "still here"


def unknown(channel, **_):
    for path in ("/echo.Echo/Missing", "/missing.Service/Say", "/echo.Half/Say"):
        fails_with(grpc.StatusCode.UNIMPLEMENTED, lambda: stub(channel, "unary_unary", path)(Request()))


def health(channel, **_):
    check = stub(channel, "unary_unary", "/grpc.health.v1.Health/Check", HealthRequest, HealthReply)
    assert check(HealthRequest(service="echo.Echo")).status == 1
    fails_with(grpc.StatusCode.NOT_FOUND, lambda: check(HealthRequest(service="other")))
    watch = stub(channel, "unary_stream", "/grpc.health.v1.Health/Watch", HealthRequest, HealthReply)(HealthRequest(service="other"))
    assert next(watch).status == 3
    watch.cancel()


def reflection(channel, **_):
    for version in ("v1", "v1alpha"):
        package = f"grpc.reflection.{version}"
        question, answer = message(f"{package}.ServerReflectionRequest"), message(f"{package}.ServerReflectionResponse")
        ask = stub(channel, "stream_stream", f"/{package}.ServerReflection/ServerReflectionInfo", question, answer)
        listed, described = ask(iter([question(list_services=""), question(file_containing_symbol="echo.Echo")]))
        assert "echo.Echo" in [service.name for service in listed.list_services_response.service], listed
        file = descriptor_pb2.FileDescriptorProto.FromString(described.file_descriptor_response.file_descriptor_proto[0])
        assert [method.name for method in file.service[0].method] == ["Say", "Collect", "Repeat", "Chat"]


def many(say, **_):
    futures = [say.future(Request(text=str(i))) for i in range(1000)]
    assert [f.result().text for f in futures] == [str(i) for i in range(1000)]


def many_streams(repeat, **_):
    label, metadata = labelled("many_streams")
    streams = [repeat(Request(count=1, behaviour="wait"), metadata=metadata) for _ in range(1000)]
    assert all(next(stream).number == 0 for stream in streams)
    # Asked on another connection: theirs is full.
    with connect(use_local_subchannel_pool=1) as other:
        ask = stub(other, "unary_unary", "/echo.Echo/Say")
        told = ask(Request(behaviour="live", text=label))
        assert (told.number, told.text) == (1000, "1"), told
        for stream in streams:
            stream.cancel()
        nothing_runs(ask, label)


def keepalive(**_):
    options = {"http2.max_pings_without_data": 0, "http2.min_time_between_pings_ms": 100, "use_local_subchannel_pool": 1}
    with connect(keepalive_time_ms=200, keepalive_timeout_ms=20_000, keepalive_permit_without_calls=1, **options) as channel:
        say, chat = stub(channel, "unary_unary", "/echo.Echo/Say"), stub(channel, "stream_stream", "/echo.Echo/Chat")
        talk = Talk()
        replies = chat(iter(talk))
        talk.say(text="before")
        assert next(replies).text == "before"
        # On a channel of its own: data would count as a sign of life, and asking makes some.
        with connect(use_local_subchannel_pool=1) as other:
            ask = stub(other, "unary_unary", "/echo.Echo/Say")
            pings = ask(Request(behaviour="pings")).number
            time.sleep(1.5)
            eventually("the client sends keepalive pings", lambda: ask(Request(behaviour="pings")).number >= pings + 3)
        talk.say(text="after")
        assert next(replies).text == "after"
        talk.end()
        assert list(replies) == []
        say(Request())


def draining(**_):
    with connect(use_local_subchannel_pool=1) as channel:
        say, chat = stub(channel, "unary_unary", "/echo.Echo/Say"), stub(channel, "stream_stream", "/echo.Echo/Chat")
        talk = Talk()
        replies = chat(iter(talk))
        talk.say(text="before")
        assert next(replies).text == "before"
        drained = say(Request(behaviour="drain")).text
        eventually("calls take a new connection", lambda: say(Request(behaviour="connection")).text != drained)
        talk.say(text="after")
        assert next(replies).text == "after"
        talk.end()
        assert list(replies) == []


for scenario in scenarios:
    with connect() as channel:
        try:
            globals()[scenario](
                channel=channel,
                say=stub(channel, "unary_unary", "/echo.Echo/Say"),
                collect=stub(channel, "stream_unary", "/echo.Echo/Collect"),
                repeat=stub(channel, "unary_stream", "/echo.Echo/Repeat"),
                chat=stub(channel, "stream_stream", "/echo.Echo/Chat"),
            )
            print(f"{scenario}: ok", flush=True)
        except Exception:  # each scenario is judged on its own
            print(f"{scenario}: {' / '.join(traceback.format_exc().splitlines())}", flush=True)
