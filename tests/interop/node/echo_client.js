// grpc-js against our server: node echo_client.js PROTO_FOLDER TARGET SCENARIO... A line for each: "name: ok" or what failed.
import assert from 'node:assert/strict';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const [folder, target, ...names] = process.argv.slice(2);
const { echo } = grpc.loadPackageDefinition(loader.loadSync('echo.proto', { includeDirs: [folder], keepCase: true, defaults: true }));
const client = new echo.Echo(target, grpc.credentials.createInsecure());
const { status } = grpc;

const say = (request, metadata = new grpc.Metadata(), options = {}) => new Promise((resolve, reject) => {
  const seen = {};
  const call = client.Say(request, metadata, options, (error, reply) => (error ? reject(error) : setImmediate(() => resolve({ reply, ...seen }))));
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
  async crash() {
    assert.doesNotMatch((await failsWith(status.UNKNOWN, say({ behaviour: 'crash' }))).details, /secret/);
  },
  async deadline() {
    const soon = () => ({ deadline: Date.now() + 300 });
    await failsWith(status.DEADLINE_EXCEEDED, say({ behaviour: 'wait' }, new grpc.Metadata(), soon()));
    const error = await failsWith(status.DEADLINE_EXCEEDED, all(client.Repeat({ count: 2, behaviour: 'ignore the token' }, soon())));
    assert.equal(error.replies.length, 2);
  },
  async cancel() {
    const call = client.Repeat({ count: 1, behaviour: 'wait' });
    const replies = all(call);
    call.once('data', () => call.cancel());
    await failsWith(status.CANCELLED, replies);
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
    const gzipped = new echo.Echo(target, grpc.credentials.createInsecure(), { 'grpc.default_compression_algorithm': 2 });
    const text = 'x'.repeat(50_000);
    const reply = await new Promise((resolve, reject) => gzipped.Say({ text }, (error, value) => (error ? reject(error) : resolve(value))));
    assert.equal(reply.text, text);
    gzipped.close();
  },
  async unknown() {
    const missing = new echo.Half(target, grpc.credentials.createInsecure());
    await failsWith(status.UNIMPLEMENTED, new Promise((resolve, reject) => missing.Say({}, (error, value) => (error ? reject(error) : resolve(value)))));
    missing.close();
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
