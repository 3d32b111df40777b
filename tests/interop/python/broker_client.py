"""grpcio against a broker: python3 broker_client.py PROTOSET SCENARIO.

In, by stdin: where the broker is, and what proves who calls, as JSON. Out, by stdout: what was seen, as JSON; the test judges it.
"""
import base64
import hashlib
import json
import sys
import time
import uuid

import grpc
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from google.protobuf import descriptor_pb2, message_factory

PACKAGE = "credbroker.v1."
APPROVED, USED = 2, 5

protoset, scenario = sys.argv[1:]
given = json.load(sys.stdin)
with open(protoset, "rb") as file:
    messages = message_factory.GetMessages(descriptor_pb2.FileDescriptorSet.FromString(file.read()).file)


class Caller:
    """Somebody at an address of the broker's: proved by the kernel, by a certificate, or by a key once it has attested."""

    def __init__(self, address, certificate=None, key=None):
        self.origin, self.token = address, None
        target = address.split("://")[-1]
        if address.startswith("https:"):
            pems = [pem and pem.encode() for pem in (given["roots"], key, certificate)]
            self.channel = grpc.secure_channel(target, grpc.ssl_channel_credentials(*pems))
        else:
            self.channel = grpc.insecure_channel(target)

    def attest(self, **evidence):
        self.private = ec.generate_private_key(ec.SECP256R1())
        point = self.private.public_key().public_numbers()
        self.jwk = {"kty": "EC", "crv": "P-256", "x": base64url(point.x.to_bytes(32, "big")), "y": base64url(point.y.to_bytes(32, "big"))}
        answer = self.call("Attestation/Attest", public_jwk=json.dumps(self.jwk), **evidence)
        self.token, self.spiffe_id = answer.identity_token, answer.spiffe_id
        return self

    def proof(self, method, uri, token):
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk}
        claims = {"jti": new_id(), "htm": method, "htu": uri, "iat": int(time.time()), "ath": base64url(hashlib.sha256(token.encode()).digest())}
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        r, s = utils.decode_dss_signature(self.private.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return signed + "." + base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def call(self, rpc, **fields):
        return self.start("unary_unary", rpc, fields)

    def stream(self, rpc, **fields):
        return self.start("unary_stream", rpc, fields)

    def start(self, kind, rpc, fields):
        path, name = "/" + PACKAGE + rpc, PACKAGE + rpc.split("/")[1]
        Request, Response = messages[name + "Request"], messages[name + "Response"]
        if "request_id" in Request.DESCRIPTOR.fields_by_name:
            fields["request_id"] = new_id()
        method = getattr(self.channel, kind)(path, request_serializer=Request.SerializeToString, response_deserializer=Response.FromString)
        return method(Request(**fields), metadata=self.metadata(path))

    def metadata(self, path):
        if self.token is None:
            return []
        entries = [("authorization", "DPoP " + self.token)]
        return entries if self.origin.startswith("unix:") else [*entries, ("dpop", self.proof("POST", self.origin + path, self.token))]


def refused(call):
    """How a call was refused: its status, and the details that are packed into its trailer."""
    try:
        answer = call()
    except grpc.RpcError as error:
        status = messages["google.rpc.Status"].FromString(dict(error.trailing_metadata())["grpc-status-details-bin"])
        assert (status.code, status.message) == (error.code().value[0], error.details()), status
        told = {"code": status.code, "text": status.message}
        for detail in status.details:
            name = detail.TypeName()
            one = messages[name].FromString(detail.value)
            if name == "google.rpc.ErrorInfo":
                told.update(reason=one.reason, metadata=dict(one.metadata))
            elif name == "google.rpc.BadRequest":
                told["fields"] = [violation.field for violation in one.field_violations]
            elif name == "google.rpc.RetryInfo":
                told["retry"] = one.retry_delay.seconds
        return told
    raise AssertionError(f"expected a refusal, got {answer}")


def admitted(caller):
    """A stream of approvals, as soon as there is a place for one more."""
    patience = time.monotonic() + 30
    while True:
        watch = caller.stream("Approvals/WatchApprovals")
        try:
            next(watch)
            return watch
        except grpc.RpcError as full:
            if full.code() != grpc.StatusCode.RESOURCE_EXHAUSTED or time.monotonic() > patience:
                raise


def delegation():
    agent = Caller(given["socket"]).attest(unix_peer={})
    helper, second, backend = (Caller(given["tcp"]).attest(join_token={"secret": given[name]}) for name in ("helper", "second", "backend"))

    def read(resource):
        return {"tool": "tickets", "action": "read", "resource": resource, "parameters": [{"name": "state", "one_of": {"values": ["open"]}}]}

    def delegate(parent, by, to):
        return by.call("Tasks/DelegateTask", task_id=parent, to_workload=to.spiffe_id, intent="look it up", envelope=[read("acme/*")],
                       time_to_live={"seconds": 300}, budget=4 if by is agent else 2).task

    root = agent.call("Tasks/StartTask", intent="answer ticket 4711", initiator="user:alice@example.test", envelope=[read("acme/**")],
                      time_to_live={"seconds": 600}).task.task_id
    child = delegate(root, agent, helper)
    early = refused(lambda: helper.call("Tokens/Mint", task_id=child.task_id, capability=read("acme/4711")))
    accepted, again = (helper.call("Tasks/AcceptTask", task_id=child.task_id) for _ in range(2))
    grandchild = delegate(child.task_id, helper, second).task_id
    second.call("Tasks/AcceptTask", task_id=grandchild)
    token = second.call("Tokens/Mint", task_id=grandchild, capability=read("acme/4711")).token

    def introspected():
        uri = "https://tickets.example.test/acme/4711"
        return backend.call("Tokens/Introspect", token=token, proof={"dpop": second.proof("GET", uri, token), "method": "GET", "uri": uri})

    active = introspected()
    ended = agent.call("Tasks/EndTask", task_id=root, outcome="OUTCOME_COMPLETED")
    return {
        "root": root, "child": child.task_id, "grandchild": grandchild, "early": early,
        "states": [child.state, accepted.task.state, again.task.state], "again": [accepted.already_accepted, again.already_accepted],
        "active": {name: getattr(active, name) for name in ("active", "sub", "client_id", "task_id", "txn")},
        "claims": json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "==")),
        "ended": ended.descendants_ended, "afterwards": introspected().active,
    }


def approvals():
    agent, ada = Caller(given["tls"]).attest(join_token={"secret": given["agent"]}), Caller(given["tls"], given["certificate"], given["key"])
    release = {"tool": "deploy", "action": "release", "resource": "helpdesk", "parameters": [{"name": "version", "one_of": {"values": ["1.2"]}}]}
    task = agent.call("Tasks/StartTask", intent="release the fix", initiator="user:alice@example.org", envelope=[release],
                      time_to_live={"seconds": 600}).task.task_id
    asked = refused(lambda: agent.call("Tokens/Mint", task_id=task, capability=release))
    approval = asked["metadata"]["approval_id"]
    waiting = agent.stream("Approvals/AwaitApproval", approval_id=approval)
    states = [next(waiting).state]

    # As many as one caller may have: the place of the one that is cancelled is the only one that comes free.
    watches = [ada.stream("Approvals/WatchApprovals", group="sre") for _ in range(32)]
    pending = [next(watch).approval.approval_id for watch in watches]
    crowded = refused(lambda: next(ada.stream("Approvals/WatchApprovals")))
    watches[-1].cancel()
    cancelled = watches[-1].code().value[0]
    watch = admitted(ada)

    wordless = refused(lambda: ada.call("Approvals/DecideApproval", approval_ids=[approval], verdict="VERDICT_APPROVE"))
    ada.call("Approvals/DecideApproval", approval_ids=[approval], verdict="VERDICT_APPROVE", reason="looked at the diff")
    states += [answer.state for answer in waiting]
    approved = next(seen.approval for seen in watch if seen.approval.state == APPROVED)
    minted = agent.call("Tokens/Mint", task_id=task, capability=release, approval_id=approval)
    used = next(seen.approval for seen in watch if seen.approval.state == USED)
    over = refused(lambda: agent.call("Tokens/Mint", task_id=task, capability=release, approval_id=approval))
    return {
        "approval": approval, "asked": asked, "states": states, "pending": pending, "crowded": crowded,
        "cancelled": cancelled, "wordless": wordless, "votes": [[vote.approver, vote.reason] for vote in approved.votes],
        "minted": minted.jti, "used": used.jti, "over": over,
    }


def base64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def new_id():
    return str(uuid.uuid4())


print(json.dumps({"delegation": delegation, "approvals": approvals}[scenario]()))
