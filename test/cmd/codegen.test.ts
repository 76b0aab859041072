/** Code is generated or not: the flows are the same, octet for octet, whatever else is on. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FixedExporter, SFlowExporter, TemplatedExporter, Traffic } from '#src/simulate/index.js';
import { ChildProgram } from '../support/child-program.ts';
import { FLOW_PORT, writeDatagrams } from '../support/datagram-capture.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const program = fileURLToPath(new URL('../../../bin/goflow2plus', import.meta.url));

const FLOWS = 600;
const start = 1_700_000_000_000_000_000n;

const mapping = `formatter:
  fields: [type, time_received_ns, sampler_address, bytes, packets, src_addr, dst_addr, src_port, proto, tos_again, start,
    ttl_again, src_mac, context]
  key: [src_addr, context.source_group]
  protobuf:
    - { name: tos_again, index: 2000, type: varint }
    - { name: start, index: 2001, type: string }
    - { name: ttl_again, index: 2002, type: varint }
ipfix: { mapping: [{ field: 5, destination: tos_again }, { field: 152, destination: start }] }
netflowv9: { mapping: [{ field: 5, destination: tos_again }, { field: 22, destination: start }] }
sflow: { mapping: [{ layer: ipv4, offset: 64, length: 8, destination: ttl_again }] }
`;

const context = `networks:
  - { name: all, cidr: 0.0.0.0/0, context: { site: "with \\"quotes\\"", boundary: external } }
  - { name: clients, cidr: 10.0.0.0/8, context: { site: fra1, boundary: internal } }
  - { name: v6, cidr: '::/0', context: { site: six } }
exporters:
  - { name: edge, address: 192.0.2.1, interfaces: [{ index: 1, name: uplink, context: { provider: telia } }] }
applications:
  - { name: web, proto: tcp, port: 443 }
`;

const filter = 'bytes > 200 && (proto == "tcp" || context.source_group in ["clients", "v6"]) && src_port != 53';

test('no code is generated: the same output in each format, with mapping, filter and context', async (t) => {
  const folder = temporaryFolder(t);
  const at = (name: string) => join(folder, name);
  const traffic = [...new Traffic({ seed: 7, start }).flows(0, FLOWS)];
  const v4 = [...new Traffic({ seed: 7, start, ipv6: 0 }).flows(0, FLOWS)];
  const now = start + 60_000_000_000n;
  writeDatagrams(
    at('flows.pcap'),
    [
      ...new FixedExporter({ boot: start }).export(v4, now),
      ...new TemplatedExporter({ version: 9, boot: start }).export(traffic, now),
      ...new TemplatedExporter({ version: 10, boot: start }).export(traffic, now),
      ...new SFlowExporter({ boot: start, agent: '192.0.2.1' }).export(traffic, now),
    ],
    FLOW_PORT,
  );
  writeFileSync(at('mapping.yaml'), mapping);
  writeFileSync(at('context.yaml'), context);
  const settings = [
    ['-listen', `file://${at('flows.pcap')}?speed=max`],
    ['-mapping', at('mapping.yaml')],
    ['-context.config', at('context.yaml')],
    ['-filter', filter],
  ].flat();

  /** The output, and the books. */
  const run = async (format: string, flags: readonly string[], options: readonly string[]) => {
    const path = at(`out.${format}`);
    writeFileSync(path, '');
    const output = ['-format', format, '-transport.file', path];
    const command = [process.execPath, ...flags, program, '-addr=', '-logfmt=json', ...settings, ...output, ...options];
    const collector = new ChildProgram(t, command);
    await collector.finished();
    const books = collector.stderr.split('\n').find((line) => line.includes('"books"'))!;
    return { output: readFileSync(path), books: JSON.parse(books) as Record<string, number> };
  };
  for (const format of ['json', 'text', 'bin']) {
    const compiled = await run(format, [], []);
    assert.ok(compiled.books['compiles']! >= 2, JSON.stringify(compiled.books));
    assert.ok(compiled.books['records_dropped:filtered']! > 100);
    assert.ok(compiled.books['flows_delivered']! > 500);
    for (const [flags, options] of [
      [[], ['-produce.codegen=false']],
      [['--disallow-code-generation-from-strings'], []],
    ] as const) {
      const interpreted = await run(format, flags, options);
      assert.equal(interpreted.books['compiles'] ?? 0, 0);
      assert.ok(interpreted.output.equals(compiled.output), `${format} ${[...flags, ...options].join(' ')}`);
    }
  }
});
