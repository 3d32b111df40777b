#!/usr/bin/env node
// A backend that takes tokens from CredBroker: a small HTTP server that asks the broker about each token as it comes.
//
//     node backend.mjs --broker unix:/run/credbroker/broker.sock [--port 8080] [--origin http://127.0.0.1:8080] [--protos DIR]
//
// It keeps no keys, no secrets and no list of callers. Over the Unix socket the kernel tells the broker who asks, and the
// catalog says which audiences this workload serves: about tokens of others it learns nothing.
import http from "node:http";
import path from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import grpc from "@grpc/grpc-js";
import protoLoader from "@grpc/proto-loader";

const here = path.dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    broker: { type: "string" },
    port: { type: "string", default: "0" },
    origin: { type: "string" },
    protos: { type: "string", default: path.join(here, "../protos") },
  },
});
if (!options.broker) fail("--broker unix:/path/of/broker.sock is required");

const contract = protoLoader.loadSync("credbroker/v1/tokens.proto", {
  includeDirs: [options.protos],
  keepCase: true, // the names of the contract
  longs: Number,
  defaults: true,
  oneofs: true,
});
const { credbroker } = grpc.loadPackageDefinition(contract);
const tokens = new credbroker.v1.Tokens(options.broker, grpc.credentials.createInsecure()); // a Unix socket: nobody is in between

const tickets = { "acme/support/4711": { subject: "The printer prints only on Tuesdays", state: "open" } };
let origin = options.origin;

const server = http.createServer(async (request, response) => {
  // The target comes from our own configuration: the Host header is whatever the caller wrote (RFC 9449 section 4.3).
  const url = URL.canParse(request.url, origin) ? new URL(request.url, origin) : null;
  if (request.method !== "GET" || !url?.pathname.startsWith("/tickets/")) return answer(response, 404, { error: "not_found" });
  const ask = { tool: "tickets", action: "read", path: url.pathname.slice("/tickets/".length), state: url.searchParams.get("state") };

  const { granted, refused, away } = await introspect(request, origin + url.pathname);
  if (!granted) {
    say(`refuses GET ${url.pathname}`, away ?? refused);
    if (away) return answer(response, 503, { error: "temporarily_unavailable" }); // fails closed
    return answer(response, 401, { error: "invalid_token" }, { "WWW-Authenticate": 'DPoP error="invalid_token", algs="ES256"' });
  }
  if (!covers(granted.capability, ask)) {
    say(`refuses GET ${url.pathname}`, "the token is for something else");
    return answer(response, 403, { error: "insufficient_scope" });
  }

  say(`serves GET ${url.pathname}`, `the broker says: active, for ${granted.initiator}`);
  const ticket = tickets[ask.path];
  return ticket ? answer(response, 200, ticket) : answer(response, 404, { error: "not_found" });
});

/** What the broker grants to the sender of this request, or why nothing: the token, held against the proof that came with it. */
async function introspect(request, uri) {
  const [scheme, token] = (request.headers.authorization ?? "").split(" ", 2);
  const dpop = request.headers.dpop; // Node joins several by commas, and no proof has a comma
  if (scheme?.toLowerCase() !== "dpop" || !token || !dpop) return { refused: "no token with a proof came along" };

  const proof = { dpop, method: request.method, uri };
  return new Promise((resolve) => {
    tokens.Introspect({ token, proof }, { deadline: Date.now() + 5_000 }, (failure, granted) => {
      if (failure) resolve({ away: `the broker does not answer: ${failure.details}` });
      else if (!granted.active) resolve({ refused: "the broker says: not active" });
      else if (granted.token_type !== "DPoP") resolve({ refused: "the token is bound to no key" });
      else resolve({ granted });
    });
  });
}

/** True when the capability of a token covers what is asked. A constraint that we do not understand covers nothing. */
function covers(capability, ask) {
  return (
    capability.tool === ask.tool &&
    capability.action === ask.action &&
    matches(capability.resource, ask.path) &&
    capability.parameters.every((p) => p.name === "state" && p.constraint === "one_of" && p.one_of.values.includes(ask.state))
  );
}

/** The last segment of a pattern may be `*`, one segment, or `**`, one or more. */
function matches(pattern, resource) {
  const segments = pattern.split("/");
  const last = segments.pop();
  if (last !== "*" && last !== "**") return pattern === resource;
  const fixed = segments.map((segment) => segment + "/").join("");
  const rest = resource.slice(fixed.length);
  return resource.startsWith(fixed) && rest !== "" && (last === "**" || !rest.includes("/"));
}

function answer(response, status, body, headers = {}) {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify(body) + "\n");
}

function say(what, why) {
  const now = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000);
  console.log(`${now.toISOString().slice(11, 23)}  backend   ${what.padEnd(52)}  ${why}`);
}

function fail(text) {
  console.error(`error: ${text}`);
  process.exit(2);
}

server.listen(Number(options.port), "127.0.0.1", () => {
  origin ??= `http://127.0.0.1:${server.address().port}`;
  say(`listens on ${origin}`, "takes tokens of the broker, and nothing else");
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
