"""A grpcio server for our client: python3 echo_server.py DESCRIPTOR_SET. Prints its port, and runs until stdin closes."""
import sys
import time
from concurrent import futures

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

pool = descriptor_pool.DescriptorPool()
with open(sys.argv[1], "rb") as file:
    for one in descriptor_pb2.FileDescriptorSet.FromString(file.read()).file:
        pool.Add(one)
factory = message_factory.MessageFactory(pool)
Request = factory.GetPrototype(pool.FindMessageTypeByName("echo.EchoRequest"))
Reply = factory.GetPrototype(pool.FindMessageTypeByName("echo.EchoReply"))


def behave(request, context):
    if request.behaviour == "refuse":
        context.set_trailing_metadata((("why", "told"), ("why-bin", b"\x00\x01\xff"), ("why-bin", b"\x02")))
        context.abort(grpc.StatusCode.NOT_FOUND, request.text)
    if request.behaviour == "metadata":
        echoed = [(k, v) for k, v in context.invocation_metadata() if k.startswith("echo")]
        context.send_initial_metadata([("header-" + k, v) for k, v in echoed])
        context.set_trailing_metadata([("trailer-" + k, v) for k, v in echoed])
    if request.behaviour == "wait":
        time.sleep(2)
    return Reply(text=request.text, payload=bytes(request.padding))


def repeat(request, context):
    for number in range(request.count):
        yield Reply(text=request.text, number=number, payload=bytes(request.padding))
    behave(request, context)


def collect(requests, context):
    texts = [request.text for request in requests]
    return Reply(text="|".join(texts), number=len(texts))


def chat(requests, context):
    for number, request in enumerate(requests):
        reply = behave(request, context)
        reply.number = number
        yield reply


def handler(kind, function):
    return getattr(grpc, kind + "_rpc_method_handler")(function, Request.FromString, Reply.SerializeToString)


server = grpc.server(futures.ThreadPoolExecutor(max_workers=8), compression=grpc.Compression.Gzip)
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("echo.Echo", {
    "Say": handler("unary_unary", behave),
    "Repeat": handler("unary_stream", repeat),
    "Collect": handler("stream_unary", collect),
    "Chat": handler("stream_stream", chat),
}),))
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
sys.stdin.read()
server.stop(None)
