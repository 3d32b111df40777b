#!/usr/bin/python3
"""An agent that holds no credential of its own: it gets one token for one call from CredBroker, and nothing is left when its task ends.

    agent.py --broker unix:/run/credbroker/broker.sock --backend http://127.0.0.1:8080

Needs python3-grpcio and python3-cryptography, and the contract as a descriptor set, which `dotnet build` writes to artifacts/.
It does one task from start to end, also what must fail, and exits with 1 as soon as something comes out otherwise.
"""
import argparse
import base64
import hashlib
import json
import pathlib
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

import grpc
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from google.protobuf import descriptor_pb2, message_factory

PACKAGE = "credbroker.v1"


def main():
    here = pathlib.Path(__file__).resolve().parent
    args = argparse.ArgumentParser(description="One task of an agent, from start to end.")
    args.add_argument("--broker", required=True, help="unix:/path/of/broker.sock")
    args.add_argument("--backend", required=True, help="origin of the tickets API (samples/backend.mjs)")
    args.add_argument("--protoset", default=here.parent / "artifacts" / "credbroker.protoset", help="the contract as a descriptor set")
    args.add_argument("--hold", action="store_true", help="before the task ends, wait for a line on standard input")
    args = args.parse_args()

    broker = Broker(args.broker, args.protoset)
    tickets = Tickets(args.backend)
    key = Key()

    # 1. Who am I? The kernel tells the broker, over the Unix socket. The identity token is bound to the key that we bring.
    me = broker.call("Attestation", "Attest", unix_peer={}, public_jwk=json.dumps(key.jwk))
    broker.identity_token = me.identity_token
    say(f"is {me.spiffe_id}", "the kernel vouches: " + ", ".join(me.selectors))

    # 2. What am I about to do, for whom, and what is the most that it may take?
    read_open = {"parameters": [{"name": "state", "one_of": {"values": ["open"]}}]}
    task = broker.call(
        "Tasks", "StartTask", request_id=new_id(), intent="answer ticket 4711", initiator="user:alice@example.test",
        envelope=[
            {"tool": "tickets", "action": "read", "resource": "acme/support/**", **read_open},
            {"tool": "mail", "action": "send", "resource": "customers/7"},
        ],
        time_to_live={"seconds": 300}).task
    say("starts task " + task.task_id, "for " + task.initiator + ": " + task.intent)

    # 3. One capability, one token: for this ticket, and for nothing else.
    ticket = "acme/support/4711"
    read_it = {"tool": "tickets", "action": "read", "resource": ticket, **read_open}
    minted = broker.call("Tokens", "Mint", request_id=new_id(), task_id=task.task_id, capability=read_it)
    lifetime = minted.expires_at.seconds - int(time.time())
    say("gets a token to read " + ticket, f"within the task's envelope; {minted.token_type}, dead in {lifetime} s at the latest")

    # 4. Use it, with a proof that we hold the key.
    status, body = tickets.get(ticket, minted.token, key)
    expect(200, status, "the backend's answer")
    say("reads the ticket", json.loads(body)["subject"])

    # 5. What a thief could do with the token alone: nothing.
    status, _ = tickets.get(ticket, minted.token, Key())
    expect(401, status, "the backend's answer to a stolen token")
    say("(a thief) is refused with the same token", "it is bound to the agent's key")

    # 6. The envelope is not a permission: a task that has read what is confidential sends nothing out of the house any more.
    refusal = broker.refused("Tokens", "Mint", request_id=new_id(), task_id=task.task_id, capability={
        "tool": "mail", "action": "send", "resource": "customers/7"})
    expect("PERMISSION_DENIED denied", refusal.text, "the broker's answer to a mail after the ticket")
    say("is denied a mail to the customer", "the task has read confidential data; the agent learns decision " + refusal.decision_id)

    if args.hold:
        sys.stdin.readline()

    # 7. The work is done. Nothing is left: not at the backend, not at the broker.
    end = broker.call("Tasks", "EndTask", request_id=new_id(), task_id=task.task_id, outcome="OUTCOME_COMPLETED", summary="answered")
    say("ends its task", "somebody else had, meanwhile" if end.already_ended else "the work is done")

    status, _ = tickets.get(ticket, minted.token, key)
    expect(401, status, "the backend's answer after the end of the task")
    say("is refused by the backend, same token and key", "the token died with the task")

    refusal = broker.refused("Tokens", "Mint", request_id=new_id(), task_id=task.task_id, capability=read_it)
    expect("PERMISSION_DENIED denied", refusal.text, "the broker's answer after the end of the task")
    say("is denied another token", "the task is over; decision " + refusal.decision_id)


class Broker:
    """The broker's RPCs, by name. Messages are built from the descriptor set, so any protobuf library will do."""

    def __init__(self, target, protoset):
        files = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(protoset).read_bytes())
        self._messages = message_factory.GetMessages(files.file)
        self._channel = grpc.insecure_channel(target)  # a Unix socket of this machine: nobody is in between
        self.identity_token = None

    def call(self, service, method, **fields):
        """The answer to an RPC."""
        rpc = self._channel.unary_unary(
            f"/{PACKAGE}.{service}/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=self._messages[f"{PACKAGE}.{method}Response"].FromString)
        # Over the Unix socket the kernel vouches for us, so the identity token needs no proof; elsewhere send a "dpop" entry too.
        metadata = [("authorization", "DPoP " + self.identity_token)] if self.identity_token else []
        return rpc(self._messages[f"{PACKAGE}.{method}Request"](**fields), metadata=metadata, timeout=10)

    def refused(self, service, method, **fields):
        """The refusal of an RPC that has to be refused."""
        try:
            self.call(service, method, **fields)
        except grpc.RpcError as error:
            return Refusal(error, self._messages)
        sys.exit(f"error: {method} was answered, and should have been refused")


class Refusal:
    """A refusal's text and the decision that an administrator finds it by in the audit."""

    def __init__(self, error, messages):
        self.text = f"{error.code().name} {error.details()}"
        self.decision_id = "-"
        packed = dict(error.trailing_metadata()).get("grpc-status-details-bin", b"")
        for detail in messages["google.rpc.Status"].FromString(packed).details:
            info = messages["google.rpc.ErrorInfo"]()
            if detail.Unpack(info):
                self.decision_id = info.metadata["decision_id"]


class Key:
    """A P-256 key that never leaves this process, and the DPoP proofs (RFC 9449) that we hold it."""

    def __init__(self):
        self._private = ec.generate_private_key(ec.SECP256R1())
        point = self._private.public_key().public_numbers()
        self.jwk = {"kty": "EC", "crv": "P-256", "x": base64url(point.x.to_bytes(32, "big")), "y": base64url(point.y.to_bytes(32, "big"))}

    def proof(self, method, uri, token):
        """A proof for one request: never used twice."""
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk}
        claims = {"jti": new_id(), "htm": method, "htu": uri, "iat": int(time.time()), "ath": base64url(hashlib.sha256(token.encode()).digest())}
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        r, s = utils.decode_dss_signature(self._private.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return signed + "." + base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


class Tickets:
    """The backend. It knows nothing of agents, only of tokens that are alive."""

    def __init__(self, origin):
        self._origin = origin

    def get(self, ticket, token, key):
        """The status and the body of the answer."""
        uri = f"{self._origin}/tickets/{urllib.parse.quote(ticket)}"  # the proof names it without the query
        headers = {"Authorization": "DPoP " + token, "DPoP": key.proof("GET", uri, token)}
        try:
            with urllib.request.urlopen(urllib.request.Request(uri + "?state=open", headers=headers), timeout=10) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


def base64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def new_id():
    return str(uuid.uuid4())


def say(what, why):
    now = time.time()
    print(f"{time.strftime('%H:%M:%S', time.localtime(now))}.{int(now * 1000) % 1000:03}  agent     {what:<52}  {why}", flush=True)


def expect(expected, actual, what):
    if actual != expected:
        sys.exit(f"error: {what} should be {expected}, and was {actual}")


if __name__ == "__main__":
    main()
