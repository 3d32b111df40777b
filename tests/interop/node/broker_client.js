// grpc-js against a broker: node broker_client.js PROTOS SCENARIO.
// In, by stdin: where the broker is, and what proves who calls, as JSON. Out, by stdout: what was seen, as JSON; the test judges it.
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { text } from 'node:stream/consumers';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const [protos, scenario] = process.argv.slice(2);
const given = JSON.parse(await text(process.stdin));
const files = ['attestation', 'tasks', 'tokens', 'approvals'].map(name => `credbroker/v1/${name}.proto`);
const contract = loader.loadSync([...files, 'google/rpc/status.proto', 'google/rpc/error_details.proto'], {
  includeDirs: [protos], keepCase: true, longs: Number, defaults: true,
});
const [APPROVED, USED] = [2, 5];

const base64url = octets => Buffer.from(octets).toString('base64url');
const pem = content => (content ? Buffer.from(content) : null);

/** Somebody at an address of the broker's: proved by the kernel, by a certificate, or by a key once it has attested. */
class Caller {
  constructor(address, certificate, key) {
    this.origin = address;
    const credentials = address.startsWith('https:') ? grpc.credentials.createSsl(pem(given.roots), pem(key), pem(certificate)) : grpc.credentials.createInsecure();
    this.client = new grpc.Client(address.replace(/^https?:\/\//, ''), credentials);
  }

  async attest(evidence) {
    this.keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.jwk = this.keys.publicKey.export({ format: 'jwk' });
    const answer = await this.call('Attestation/Attest', { public_jwk: JSON.stringify(this.jwk), ...evidence });
    [this.token, this.spiffeId] = [answer.identity_token, answer.spiffe_id];
    return this;
  }

  proof(method, uri, token) {
    const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: this.jwk };
    const ath = createHash('sha256').update(token).digest('base64url');
    const claims = { jti: randomUUID(), htm: method, htu: uri, iat: Math.floor(Date.now() / 1000), ath };
    const signed = [header, claims].map(part => base64url(JSON.stringify(part))).join('.');
    return `${signed}.${base64url(sign('sha256', Buffer.from(signed), { key: this.keys.privateKey, dsaEncoding: 'ieee-p1363' }))}`;
  }

  call(rpc, fields) {
    return new Promise((resolve, reject) => this.client.makeUnaryRequest(...this.request(rpc, { request_id: randomUUID(), ...fields }),
      (error, answer) => (error ? reject(error) : resolve(answer))));
  }

  stream(rpc, fields = {}) {
    const call = this.client.makeServerStreamRequest(...this.request(rpc, fields));
    const answers = call[Symbol.asyncIterator]();
    return { next: async () => (await answers.next()).value, cancel: () => call.cancel() };
  }

  request(rpc, fields) {
    const [service, name] = rpc.split('/');
    const { path, requestSerialize, responseDeserialize } = contract[`credbroker.v1.${service}`][name];
    return [path, requestSerialize, responseDeserialize, fields, this.metadata(path)];
  }

  metadata(path) {
    const entries = new grpc.Metadata();
    if (this.token) entries.set('authorization', `DPoP ${this.token}`);
    if (this.token && !this.origin.startsWith('unix:')) entries.set('dpop', this.proof('POST', this.origin + path, this.token));
    return entries;
  }
}

/** How a call was refused: its status, and the details that are packed into its trailer. */
const refused = async promise => {
  const error = await promise.then(answer => assert.fail(`expected a refusal, got ${JSON.stringify(answer)}`), failure => failure);
  const [packed] = error.metadata?.get('grpc-status-details-bin') ?? [];
  if (!packed) throw error;
  const { code, message, details } = contract['google.rpc.Status'].deserialize(packed);
  assert.deepEqual([code, message], [error.code, error.details]);
  const told = { code, text: message };
  for (const { type_url, value } of details) {
    const name = type_url.split('/')[1];
    const one = contract[name].deserialize(value);
    if (name === 'google.rpc.ErrorInfo') [told.reason, told.metadata] = [one.reason, one.metadata];
    else if (name === 'google.rpc.BadRequest') told.fields = one.field_violations.map(violation => violation.field);
    else if (name === 'google.rpc.RetryInfo') told.retry = one.retry_delay.seconds;
  }
  return told;
};

/** A stream of approvals, as soon as there is a place for one more. */
const admitted = async caller => {
  const patience = Date.now() + 30_000;
  for (;;) {
    const watch = caller.stream('Approvals/WatchApprovals');
    try {
      await watch.next();
      return watch;
    } catch (full) {
      if (full.code !== grpc.status.RESOURCE_EXHAUSTED || Date.now() > patience) throw full;
    }
  }
};

/** The approval as it was when a watcher saw it in that state. */
const seen = async (watch, state) => {
  for (;;) {
    const { approval } = await watch.next();
    if (approval.state === state) return approval;
  }
};

const scenarios = {
  async delegation() {
    const agent = await new Caller(given.socket).attest({ unix_peer: {} });
    const join = name => new Caller(given.tcp).attest({ join_token: { secret: given[name] } });
    const [helper, second, backend] = await Promise.all(['helper', 'second', 'backend'].map(join));
    const read = resource => ({ tool: 'tickets', action: 'read', resource, parameters: [{ name: 'state', one_of: { values: ['open'] } }] });
    const delegate = async (parent, by, to) => (await by.call('Tasks/DelegateTask', {
      task_id: parent, to_workload: to.spiffeId, intent: 'look it up', envelope: [read('acme/*')], time_to_live: { seconds: 300 }, budget: by === agent ? 4 : 2,
    })).task;

    const { task: { task_id: root } } = await agent.call('Tasks/StartTask', {
      intent: 'answer ticket 4711', initiator: 'user:alice@example.test', envelope: [read('acme/**')], time_to_live: { seconds: 600 },
    });
    const child = await delegate(root, agent, helper);
    const early = await refused(helper.call('Tokens/Mint', { task_id: child.task_id, capability: read('acme/4711') }));
    const accepted = await helper.call('Tasks/AcceptTask', { task_id: child.task_id });
    const again = await helper.call('Tasks/AcceptTask', { task_id: child.task_id });
    const { task_id: grandchild } = await delegate(child.task_id, helper, second);
    await second.call('Tasks/AcceptTask', { task_id: grandchild });
    const { token } = await second.call('Tokens/Mint', { task_id: grandchild, capability: read('acme/4711') });

    const uri = 'https://tickets.example.test/acme/4711';
    const introspected = () => backend.call('Tokens/Introspect', { token, proof: { dpop: second.proof('GET', uri, token), method: 'GET', uri } });
    const active = await introspected();
    const ended = await agent.call('Tasks/EndTask', { task_id: root, outcome: 'OUTCOME_COMPLETED' });
    return {
      root, child: child.task_id, grandchild, early, active,
      states: [child.state, accepted.task.state, again.task.state], again: [accepted.already_accepted, again.already_accepted],
      claims: JSON.parse(Buffer.from(token.split('.')[1], 'base64url')),
      ended: ended.descendants_ended, afterwards: (await introspected()).active,
    };
  },
  async approvals() {
    const agent = await new Caller(given.tls).attest({ join_token: { secret: given.agent } });
    const ada = new Caller(given.tls, given.certificate, given.key);
    const release = { tool: 'deploy', action: 'release', resource: 'helpdesk', parameters: [{ name: 'version', one_of: { values: ['1.2'] } }] };
    const { task: { task_id } } = await agent.call('Tasks/StartTask', {
      intent: 'release the fix', initiator: 'user:alice@example.org', envelope: [release], time_to_live: { seconds: 600 },
    });
    const mint = approval_id => agent.call('Tokens/Mint', { task_id, capability: release, approval_id });
    const asked = await refused(mint());
    const approval = asked.metadata.approval_id;
    const waiting = agent.stream('Approvals/AwaitApproval', { approval_id: approval });
    const states = [(await waiting.next()).state];

    // As many as one caller may have: the place of the one that is cancelled is the only one that comes free.
    const watches = [...Array(32)].map(() => ada.stream('Approvals/WatchApprovals', { group: 'sre' }));
    const pending = await Promise.all(watches.map(async each => (await each.next()).approval.approval_id));
    const crowded = await refused(ada.stream('Approvals/WatchApprovals').next());
    watches.at(-1).cancel();
    const cancelled = await watches.at(-1).next().then(() => assert.fail('the stream goes on'), end => end.code);
    const watch = await admitted(ada);

    const decide = reason => ada.call('Approvals/DecideApproval', { approval_ids: [approval], verdict: 'VERDICT_APPROVE', reason });
    const wordless = await refused(decide());
    await decide('looked at the diff');
    for (let answer; (answer = await waiting.next());) states.push(answer.state);
    const { votes } = await seen(watch, APPROVED);
    const { jti: minted } = await mint(approval);
    const { jti: used } = await seen(watch, USED);
    const over = await refused(mint(approval));
    return { approval, asked, states, pending, crowded, cancelled, wordless, votes: votes.map(vote => [vote.approver, vote.reason]), minted, used, over };
  },
};

console.log(JSON.stringify(await scenarios[scenario]()));
process.exit(0); // whatever streams are open
