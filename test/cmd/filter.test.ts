import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ContextCollector, v5Of } from '../support/context-collector.ts';
import { CollectorProcess, sendTo } from '../support/collector-process.ts';

const context = `
networks:
  - { name: web-servers, cidr: 10.1.0.0/24, context: { tier: frontend } }
`;

for (const codegen of ['true', 'false']) {
  test(`-filter keeps flows by columns and context; the rest is counted (codegen ${codegen})`, async (t) => {
    const filter = 'context.source_group == "web-servers" && dst_port in ["https", 80] && bytes > 500';
    const collector = new ContextCollector(t, context, ['-filter', filter, '-produce.codegen', codegen]);
    const [port] = await collector.process.ports();
    const [source, destination] = ['10.1.0.7', '192.0.2.1'];
    const flows = [
      { source, destination, destinationPort: 443, octets: 1000 },
      { source, destination, destinationPort: 22, octets: 1000 },
      { source, destination, destinationPort: 80, octets: 100 },
      { source: '10.2.0.1', destination, destinationPort: 443, octets: 1000 },
      { source, destination, destinationPort: 80, octets: 501 },
    ];
    await sendTo(port!, [v5Of(flows)]);
    await collector.process.until(() => collector.process.flowCount >= 2);
    assert.deepEqual(await collector.process.stop(), { code: 0, signal: null });
    assert.deepEqual(
      collector.process.flows.map((flow) => [flow['dst_port'], flow['bytes']]),
      [
        [443, 1000],
        [80, 501],
      ],
    );
    const books = await collector.logged('books');
    assert.equal(books['records_decoded'], 5);
    assert.equal(books['flows_produced'], 2);
    assert.equal(books['records_dropped:filtered'], 3);
    assert.ok(!collector.process.log.some(({ msg }) => msg === 'the books do not balance'));
  });
}

test('-filter: a mistake, a context that is not there and raw messages end the start', async (t) => {
  for (const [args, message] of [
    [['-filter', 'dst_prt == 443'], /-filter: column 1: unknown column dst_prt: did you mean dst_port\?.*GF_FILTER/],
    [
      ['-filter', 'has(context.source_group)'],
      /-filter: column \d+: flows have no context: -context.config names none/,
    ],
    [['-filter', 'dst_port == 443', '-produce', 'raw'], /-filter: a raw message is a whole datagram/],
  ] as const) {
    const collector = new CollectorProcess(t, ['-listen', 'netflow://127.0.0.1:0', ...args]);
    assert.deepEqual(await collector.ended, { code: 1, signal: null });
    assert.match(collector.stderr, message);
  }
});
