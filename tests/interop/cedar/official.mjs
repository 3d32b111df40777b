// The official build of Cedar as a process: one JSON object per line in and out, in order, with the id echoed. The messages are those of
// tests/CredBroker.Cedar.Driver, so that either can be asked the same.
//
// The build takes and gives objects, which its glue turns into JSON text and back with JavaScript's JSON: numbers of more than 15 digits
// would be rounded, repeated names would be gone, 1.0 would be 1. Here nothing is turned: a call is put together from the text of the
// message's members, and the glue is given, and gives, that text as it is.
import v8 from 'node:v8';

// Node 20's optimizer dies now and then (a fatal error in V8's deoptimizer) while it runs the glue; WebAssembly is compiled by another one.
v8.setFlagsFromString('--no-opt');

const { default: cedar } = await import('@cedar-policy/cedar-wasm/nodejs');

/** JSON that is handed on as it is written. */
class Verbatim {
  constructor(text) { this.text = text; }
}

const parse = JSON.parse;
const stringify = JSON.stringify;
JSON.parse = (text) => new Verbatim(text);
JSON.stringify = (value) => (value instanceof Verbatim ? value.text : stringify(value));

const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;

/** The members of an object by name, each as its text; nothing for what is no object. The text is known to be JSON. */
function membersOf(text) {
  const members = Object.create(null);
  let depth = 0;
  let name = null;
  let start = -1;
  const end = (at) => {
    if (name !== null) members[name] = text.slice(start, at).trim();
    name = null;
  };
  token.lastIndex = 0;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const sign = found[0];
    if (depth === 0 && sign !== '{') return members;
    if (sign === '{' || sign === '[') depth++;
    else if (sign === '}' || sign === ']') {
      if (--depth === 0) end(found.index);
    } else if (depth !== 1) continue;
    else if (sign === ',') end(found.index);
    else if (sign === ':') start = token.lastIndex;
    else if (name === null) name = parse(sign);
  }
  return members;
}

const object = (members) => new Verbatim(`{${Object.entries(members).filter(([, text]) => text !== undefined).map(([name, text]) => `${stringify(name)}:${text}`).join(',')}}`);
const isThere = (text) => text !== undefined && text !== 'null';

/** A set of policies in full; what is not, is the static ones. */
function policySet(text) {
  if (text === undefined) return '{}';
  const members = text.startsWith('{') ? membersOf(text) : {};
  return 'staticPolicies' in members || 'templates' in members || 'templateLinks' in members ? text : `{"staticPolicies":${text}}`;
}

const messages = (errors) => (errors ?? []).map((error) => error.message ?? error);
const refused = (answer) => ({ ok: false, errors: messages(answer.errors) });
const byPolicy = (errors) => errors.map((error) => ({ policy: error.policyId, message: error.error.message })).sort((a, b) => (a.policy < b.policy ? -1 : a.policy > b.policy ? 1 : 0));

/** What is answered to a question that has no answer but yes or no. */
function yesOrNo(answer) {
  const read = parse(answer.text);
  return read.type === 'success' ? { ok: true } : refused(read);
}

function decided(answer) {
  const read = parse(answer.text);
  if (read.type !== 'success') return refused(read);
  const { decision, diagnostics } = read.response;
  return { ok: true, decision, reasons: diagnostics.reason.sort(), errors: byPolicy(diagnostics.errors) };
}

function validated(answer) {
  const read = parse(answer.text);
  if (read.type !== 'success') return refused(read);
  const errors = byPolicy(read.validationErrors);
  return { ok: true, valid: errors.length === 0, errors, warnings: byPolicy(read.validationWarnings), otherWarnings: messages(read.otherWarnings) };
}

/** An answer that has a member of this name; its text is kept. */
function converted(answer, name) {
  const members = membersOf(answer.text);
  return name in members ? { ok: true, [name]: new Verbatim(members[name]) } : refused(parse(answer.text));
}

const request = (m) => ({
  principal: m.principal ?? 'null', action: m.action ?? 'null', resource: m.resource ?? 'null',
  context: m.context ?? '{}', entities: m.entities ?? '[]', validateRequest: m.validateRequest ?? 'false',
});

const given = (m) => new Verbatim(m.template ?? m.policy ?? 'null');

const operations = {
  authorize: (m) => decided(cedar.isAuthorized(object({ ...request(m), policies: policySet(m.policies), schema: isThere(m.schema) ? m.schema : undefined }))),
  prepare: (m, message) => {
    const policies = isThere(m.policies) ? yesOrNo(cedar.preparsePolicySet(message.name, new Verbatim(policySet(m.policies)))) : { ok: true };
    return policies.ok && isThere(m.schema) ? yesOrNo(cedar.preparseSchema(message.name, new Verbatim(m.schema))) : policies;
  },
  run: (m, message) => decided(cedar.statefulIsAuthorized(object({ ...request(m), preparsedPolicySetId: m.name, preparsedSchemaName: message.useSchema === true ? m.name : undefined }))),
  validate: (m) => validated(cedar.validate(object({ schema: m.schema, policies: policySet(m.policies) }))),
  parse: (m) => yesOrNo(cedar.checkParsePolicySet(new Verbatim(policySet(m.policies)))),
  parseSchema: (m) => yesOrNo(cedar.checkParseSchema(new Verbatim(m.schema))),
  parseEntities: (m) => yesOrNo(cedar.checkParseEntities(object({ entities: m.entities, schema: m.schema }))),
  parseContext: (m) => yesOrNo(cedar.checkParseContext(object({ context: m.context, schema: m.schema, action: m.action }))),
  toJson: (m) => converted(m.template === undefined ? cedar.policyToJson(given(m)) : cedar.templateToJson(given(m)), 'json'),
  toText: (m) => converted(m.template === undefined ? cedar.policyToText(given(m)) : cedar.templateToText(given(m)), 'text'),
  schemaToJson: (m) => converted(cedar.schemaToJson(new Verbatim(m.schema)), 'json'),
  version: () => ({ ok: true, sdk: cedar.getCedarSDKVersion(), lang: cedar.getCedarLangVersion() }),
};

/** One line of output; members that are kept as text stand in it as they are. */
function line(id, answer) {
  const members = Object.entries(answer).map(([name, value]) => `${stringify(name)}:${value instanceof Verbatim ? value.text : stringify(value)}`);
  return `{"id":${id ?? 'null'},${members.join(',')}}\n`;
}

/** The lines of standard input; readline would also end one at U+2028. */
async function* lines() {
  let rest = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    const read = (rest + chunk).split('\n');
    rest = read.pop();
    yield* read;
  }
  yield rest;
}

process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1));
for await (const text of lines()) {
  if (text.trim() === '') continue;
  let id;
  try {
    const message = parse(text);
    const members = membersOf(text);
    id = members.id;
    const operation = operations[message.op ?? 'authorize'];
    process.stdout.write(line(id, operation === undefined ? { ok: false, errors: [`unknown op ${message.op}`] } : operation(members, message)));
  } catch (failure) {
    // After a trap the instance is broken: whoever asked starts another.
    const panic = failure instanceof WebAssembly.RuntimeError;
    process.exitCode = panic ? 3 : 0;
    process.stdout.write(line(id, { ok: false, errors: [String(failure?.message ?? failure)], ...(panic && { panic }) }));
    if (panic) break;
  }
}
