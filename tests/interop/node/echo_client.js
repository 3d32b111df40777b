// grpc-js against our server: node echo_client.js DESCRIPTOR_SET PROTO_FOLDER TARGET SCENARIO... A line for each: "name: ok" or what failed.
// TARGET: host:port, unix:/path, or https://host:port with the certificate in GRPC_DEFAULT_SSL_ROOTS_FILE_PATH.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const [descriptors, folder, address, ...names] = process.argv.slice(2);
const shape = { keepCase: true, defaults: true, enums: String };
const { echo } = grpc.loadPackageDefinition(loader.loadSync('echo.proto', { includeDirs: [folder], ...shape }));
const { grpc: standard } = grpc.loadPackageDefinition(loader.loadFileDescriptorSetFromBuffer(readFileSync(descriptors), shape));
const target = address.replace('https://', '');
const credentials = address.startsWith('https://') ? grpc.credentials.createSsl() : grpc.credentials.createInsecure();
const connect = (Service, options = {}) => new Service(target, credentials, options);
const client = connect(echo.Echo);
const { status } = grpc;

const say = (request, metadata = new grpc.Metadata(), options = {}, by = client) => new Promise((resolve, reject) => {
  const seen = {};
  const call = by.Say(request, metadata, options, (error, reply) => (error ? reject(error) : setImmediate(() => resolve({ reply, ...seen }))));
  call.on('metadata', headers => { seen.headers = headers; });
  call.on('status', end => { seen.trailers = end.metadata; });
});

const all = call => new Promise((resolve, reject) => {
  const replies = [];
  call.on('data', reply => replies.push(reply));
  call.on('error', error => reject(Object.assign(error, { replies })));
  call.on('end', () => resolve(replies));
});

const failsWith = async (code, promise) => {
  try {
    await promise;
  } catch (error) {
    assert.equal(error.code, code, error.stack);
    return error;
  }
  assert.fail(`expected status ${code}, got an answer`);
};

// The next message, and the one after that, as the scenario asks for them.
const reader = call => {
  const replies = call[Symbol.asyncIterator]();
  return async () => (await replies.next()).value;
};

const eventually = async (what, holds) => {
  const patience = Date.now() + 30_000;
  while (!(await holds())) {
    assert.ok(Date.now() < patience, `it never came about that ${what}`);
    await sleep(20);
  }
};

const labelled = name => {
  const metadata = new grpc.Metadata();
  metadata.set('label', `${name}-${process.pid}`);
  return { label: `${name}-${process.pid}`, metadata };
};

const live = async label => (await say({ behaviour: 'live', text: label })).reply;
const nothingRuns = label => eventually(`no ${label} runs on the server`, async () => (await live(label)).number === 0);
const connection = async (by = client) => (await say({ behaviour: 'connection' }, undefined, undefined, by)).reply.text;

const scenarios = {
  async unary() {
    const { reply } = await say({ text: 'hello', padding: 3 });
    assert.deepEqual([reply.text, reply.payload.length], ['hello', 3]);
  },
  async empty() {
    assert.equal((await say({})).reply.text, '');
  },
  async large() {
    assert.equal((await say({ payload: Buffer.alloc(3_000_000), padding: 3_500_000 })).reply.payload.length, 3_500_000);
  },
  async largest() {
    const limit = 4 * 1024 * 1024;
    const before = await connection();
    await say({ payload: Buffer.alloc(limit - 5) });
    for (const excess of [1, limit]) {
      await failsWith(status.RESOURCE_EXHAUSTED, say({ payload: Buffer.alloc(limit - 5 + excess) }));
      assert.equal(await connection(), before);
    }
  },
  async server_stream() {
    assert.deepEqual((await all(client.Repeat({ count: 500 }))).map(r => r.number), [...Array(500).keys()]);
  },
  async client_stream() {
    const reply = await new Promise((resolve, reject) => {
      const call = client.Collect((error, value) => (error ? reject(error) : resolve(value)));
      for (const text of ['a', 'b']) call.write({ text });
      call.end();
    });
    assert.equal(reply.text, 'a|b');
  },
  async duplex() {
    const call = client.Chat();
    const replies = all(call);
    for (let i = 0; i < 50; i++) call.write({ text: `${i}` });
    call.end();
    assert.deepEqual((await replies).map(r => r.text), [...Array(50).keys()].map(String));
  },
  async half_close() {
    const call = client.Chat();
    const replies = all(call);
    for (const text of ['0', '1', '2']) call.write({ text, behaviour: 'answer at the end' });
    call.end();
    assert.deepEqual((await replies).map(r => r.text), ['0', '1', '2']);
  },
  async early_end() {
    const { label, metadata } = labelled('early_end');
    const reply = await new Promise((resolve, reject) => {
      const call = client.Collect(metadata, (error, value) => (error ? reject(error) : resolve(value)));
      call.write({ text: 'a' });
      call.write({ behaviour: 'answer early' });
    });
    assert.equal(reply.text, 'a');
    await nothingRuns(label);
  },
  async refusal() {
    const detail = 'no: 100 % \u00e9\n\u{1f600}';
    const error = await failsWith(status.NOT_FOUND, say({ text: detail, behaviour: 'refuse' }));
    assert.equal(error.details, detail);
    assert.deepEqual([error.metadata.get('why'), error.metadata.get('why-bin')], [['told'], [Buffer.from([0, 1, 255])]]);
  },
  // grpc-js loses messages right before an error status when they are compressed: ours never are.
  async refusal_after_messages() {
    for (let i = 0; i < 20; i++) {
      const error = await failsWith(status.NOT_FOUND, all(client.Repeat({ count: 3, text: 'enough', behaviour: 'refuse' })));
      assert.deepEqual([error.details, error.replies.length], ['enough', 3]);
    }
  },
  async rich_status() {
    const details = Buffer.from([8, 9, 18, 3, 119, 104, 121, 26, 2, 10, 0, 255]);
    const error = await failsWith(status.FAILED_PRECONDITION, say({ behaviour: 'refuse in detail', payload: details }));
    assert.deepEqual(error.metadata.get('grpc-status-details-bin'), [details]);
  },
  async crash() {
    assert.doesNotMatch((await failsWith(status.UNKNOWN, say({ behaviour: 'crash' }))).details, /secret/);
  },
  async deadline() {
    const soon = () => ({ deadline: Date.now() + 1000 });
    await failsWith(status.DEADLINE_EXCEEDED, say({ behaviour: 'wait' }, new grpc.Metadata(), soon()));
    const error = await failsWith(status.DEADLINE_EXCEEDED, all(client.Repeat({ count: 2, behaviour: 'ignore the token' }, soon())));
    assert.equal(error.replies.length, 2);
  },
  async deadline_of_the_server() {
    const metadata = new grpc.Metadata();
    metadata.set('grpc-timeout', '300m');
    const error = await failsWith(status.DEADLINE_EXCEEDED, say({ behaviour: 'ignore the token' }, metadata));
    assert.equal(error.details, 'Deadline exceeded.');
  },
  async cancel() {
    const { label, metadata } = labelled('cancel');
    const call = client.Repeat({ count: 1, behaviour: 'wait' }, metadata);
    const replies = all(call);
    call.once('data', async () => {
      assert.equal((await live(label)).number, 1);
      call.cancel();
    });
    await failsWith(status.CANCELLED, replies);
    await nothingRuns(label);
  },
  async metadata() {
    const sent = new grpc.Metadata();
    sent.add('echo', 'one');
    sent.add('echo', 'two');
    sent.add('echo-bin', Buffer.from([1, 2]));
    sent.add('echo-bin', Buffer.from([255]));
    const { headers, trailers } = await say({ behaviour: 'metadata' }, sent);
    for (const [prefix, got] of [['header-', headers], ['trailer-', trailers]]) {
      assert.equal(got.get(`${prefix}echo`).join(', '), 'one, two');
      assert.deepEqual(got.get(`${prefix}echo-bin`), [Buffer.from([1, 2]), Buffer.from([255])]);
    }
  },
  async compression() {
    for (const algorithm of [1, 2]) { // deflate, gzip
      const compressing = connect(echo.Echo, { 'grpc.default_compression_algorithm': algorithm });
      const text = 'x'.repeat(50_000);
      assert.equal((await say({ text }, undefined, undefined, compressing)).reply.text, text);
      compressing.close();
    }
  },
  async bomb() {
    for (const algorithm of [1, 2]) {
      const compressing = connect(echo.Echo, { 'grpc.default_compression_algorithm': algorithm });
      await failsWith(status.RESOURCE_EXHAUSTED, say({ payload: Buffer.alloc(40 * 1024 * 1024) }, undefined, undefined, compressing));
      assert.equal((await say({ text: 'still here' }, undefined, undefined, compressing)).reply.text, 'still here');
      compressing.close();
    }
  },
  async unknown() {
    const missing = connect(echo.Half);
    await failsWith(status.UNIMPLEMENTED, say({}, undefined, undefined, missing));
    missing.close();
  },
  async health() {
    const health = connect(standard.health.v1.Health);
    const check = service => new Promise((resolve, reject) => health.Check({ service }, (error, value) => (error ? reject(error) : resolve(value))));
    assert.equal((await check('echo.Echo')).status, 'SERVING');
    await failsWith(status.NOT_FOUND, check('other'));
    const watch = health.Watch({ service: 'other' });
    watch.on('error', () => {}); // its cancellation
    await new Promise(resolve => watch.once('data', reply => resolve(assert.equal(reply.status, 'SERVICE_UNKNOWN'))));
    watch.cancel();
    health.close();
  },
  async reflection() {
    for (const version of ['v1', 'v1alpha']) {
      const reflection = connect(standard.reflection[version].ServerReflection);
      const call = reflection.ServerReflectionInfo();
      const answers = all(call);
      call.write({ list_services: '' });
      call.write({ file_containing_symbol: 'echo.Echo' });
      call.end();
      const [listed, described] = await answers;
      assert.ok(listed.list_services_response.service.some(service => service.name === 'echo.Echo'));
      assert.equal(described.file_descriptor_response.file_descriptor_proto.length, 1);
      reflection.close();
    }
  },
  async many() {
    const replies = await Promise.all([...Array(1000).keys()].map(i => say({ text: `${i}` })));
    assert.deepEqual(replies.map(({ reply }) => reply.text), [...Array(1000).keys()].map(String));
  },
  async many_streams() {
    const { label, metadata } = labelled('many_streams');
    // On a connection of their own, which they fill.
    const own = connect(echo.Echo, { 'grpc.use_local_subchannel_pool': 1 });
    const calls = [...Array(1000)].map(() => own.Repeat({ count: 1, behaviour: 'wait' }, metadata));
    const ends = calls.map(call => failsWith(status.CANCELLED, all(call)));
    await Promise.all(calls.map(call => new Promise(resolve => call.once('data', resolve))));
    const { number, text } = await live(label);
    assert.deepEqual([number, text], [1000, '1']);
    for (const call of calls) call.cancel();
    await Promise.all(ends);
    await nothingRuns(label);
    own.close();
  },
  async keepalive() {
    const options = { 'grpc.keepalive_time_ms': 200, 'grpc.keepalive_timeout_ms': 20_000, 'grpc.use_local_subchannel_pool': 1 };
    const pinging = connect(echo.Echo, options);
    const call = pinging.Chat();
    const next = reader(call);
    call.write({ text: 'before' });
    assert.equal((await next()).text, 'before');
    const pings = async () => (await say({ behaviour: 'pings' })).reply.number;
    const before = await pings();
    await sleep(1500);
    await eventually('the client sends keepalive pings', async () => (await pings()) >= before + 3);
    call.write({ text: 'after' });
    assert.equal((await next()).text, 'after');
    call.end();
    assert.equal(await next(), undefined);
    pinging.close();
  },
  async draining() {
    const own = connect(echo.Echo, { 'grpc.use_local_subchannel_pool': 1 });
    const call = own.Chat();
    const next = reader(call);
    call.write({ text: 'before' });
    assert.equal((await next()).text, 'before');
    const drained = (await say({ behaviour: 'drain' }, undefined, undefined, own)).reply.text;
    await eventually('calls take a new connection', async () => (await connection(own)) !== drained);
    call.write({ text: 'after' });
    assert.equal((await next()).text, 'after');
    call.end();
    assert.equal(await next(), undefined);
    own.close();
  },
};

for (const name of names) {
  try {
    await scenarios[name]();
    console.log(`${name}: ok`);
  } catch (error) {
    console.log(`${name}: ${error.stack.replaceAll('\n', ' / ')}`);
  }
}
client.close();
