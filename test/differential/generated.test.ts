import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { FLOW_PORT, SFLOW_PORT, writeDatagrams } from '../support/datagram-capture.ts';
import { columnsOf } from '../support/flow-columns.ts';
import type { Columns } from '../support/flow-columns.ts';
import { skipWithout } from '../support/requirements.ts';
import { storedDatagram } from '../support/stored-datagram.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import type { FlowRow } from '../support/tshark-flows.ts';
import { WholeChain } from '../support/whole-chain.ts';
import { generatedMessages } from './generated-messages.ts';
import { nfdump } from './nfdump.ts';
import { tsharkNetflow, tsharkSFlow } from './tshark-view.ts';

const SEED = Number(process.env['GOFLOW2_SEED'] ?? 1);
const MESSAGES = 10_000;

/** Where we differ from tshark on purpose. */
interface Exception {
  readonly protocol: 'netflow' | 'sflow';
  readonly column: string;
  /** What tshark states. */
  readonly stated: bigint;
  readonly reason: string;
}

const exceptions: readonly Exception[] = [
  { protocol: 'sflow', column: 'src_as', stated: 0n, reason: 'a source AS of 0 is the AS of the router itself' },
];

interface Comparison {
  /** Values that tshark states, and of these those that nfdump gives too. */
  readonly stated: Map<string, number>;
  readonly agreed: Map<string, number>;
  /** Values that we have otherwise, for no reason that is named. */
  readonly unexplained: string[];
  readonly usedExceptions: Set<Exception>;
}

function compare(
  protocol: 'netflow' | 'sflow',
  tshark: readonly FlowRow[],
  dumped: readonly FlowRow[],
  ours: readonly Columns[],
): Comparison {
  const result: Comparison = { stated: new Map(), agreed: new Map(), unexplained: [], usedExceptions: new Set() };
  const count = (counts: Map<string, number>, column: string) => counts.set(column, (counts.get(column) ?? 0) + 1);
  tshark.forEach((row, i) => {
    for (const [column, value] of Object.entries(row)) {
      const mine = ours[i]![column as keyof Columns];
      count(result.stated, column);
      if (dumped[i]![column] === value) count(result.agreed, column);
      if (mine === value) continue;
      const exception = exceptions.find(
        (candidate) => candidate.protocol === protocol && candidate.column === column && candidate.stated === value,
      );
      if (exception !== undefined) result.usedExceptions.add(exception);
      else
        result.unexplained.push(
          `flow ${i} ${column}: tshark ${value}, nfdump ${String(dumped[i]![column])}, ours ${String(mine)}`,
        );
    }
  });
  return result;
}

/** Columns that both of the others have to state of every flow: without them nothing was compared. */
const certain = {
  netflow: ['src_addr', 'dst_addr', 'bytes', 'packets'],
  sflow: ['bytes', 'in_if', 'out_if', 'src_mac', 'dst_mac'],
};

/** Columns on which they have to agree at least a few hundred times. */
const common = {
  netflow: [
    'next_hop',
    'bgp_next_hop',
    'proto',
    'src_port',
    'dst_port',
    'in_if',
    'out_if',
    'ip_tos',
    'tcp_flags',
    'src_as',
  ],
  sflow: ['src_addr', 'dst_addr', 'ip_tos', 'src_port', 'dst_port', 'src_vlan', 'src_net', 'src_as', 'dst_as'],
};

/** Our own view of the datagrams. */
function ours(datagrams: readonly Uint8Array[]): Columns[] {
  const seen: Columns[] = [];
  const chain = new WholeChain((flow) => seen.push(columnsOf(flow)));
  for (const bytes of datagrams) assert.equal(chain.take(storedDatagram(bytes)), undefined);
  assert.equal(chain.counters.total('sets_skipped') + chain.counters.total('records_dropped'), 0);
  return seen;
}

test(
  `of ${MESSAGES} generated messages, what tshark and nfdump agree on is what we have`,
  skipWithout('tshark', 'nfdump', 'nfdump-sflow'),
  async (t) => {
    t.diagnostic(`seed ${SEED}`);
    const messages = generatedMessages(SEED, MESSAGES);
    const of = (protocol: string) =>
      messages.filter((message) => message.protocol === protocol).map(({ bytes }) => bytes);
    const [netflow, sflow] = [of('netflow'), of('sflow')];
    const folder = temporaryFolder(t);
    writeDatagrams(join(folder, 'netflow.pcap'), netflow, FLOW_PORT);
    writeDatagrams(join(folder, 'sflow.pcap'), sflow, SFLOW_PORT);
    const views = [
      ['netflow', await tsharkNetflow(join(folder, 'netflow.pcap')), await nfdump(t, 'nfcapd', netflow), ours(netflow)],
      ['sflow', await tsharkSFlow(join(folder, 'sflow.pcap')), await nfdump(t, 'sfcapd', sflow), ours(sflow)],
    ] as const;
    const used = new Set<Exception>();
    for (const [protocol, tshark, dumped, mine] of views) {
      assert.deepEqual([mine.length, dumped.length], [tshark.length, tshark.length], `flows of ${protocol}`);
      const { stated, agreed, unexplained, usedExceptions } = compare(protocol, tshark, dumped, mine);
      assert.deepEqual(unexplained.slice(0, 20), [], `${unexplained.length} differences of ${protocol}, seed ${SEED}`);
      for (const column of certain[protocol]) assert.equal(agreed.get(column), tshark.length, column);
      for (const column of common[protocol]) assert.ok(agreed.get(column)! > 200, column);
      const sum = (counts: Map<string, number>) => [...counts.values()].reduce((whole, part) => whole + part, 0);
      t.diagnostic(
        `${protocol}: ${sum(stated)} values of ${stated.size} columns by tshark, ${sum(agreed)} by nfdump too`,
      );
      for (const exception of usedExceptions) used.add(exception);
    }
    for (const { column, reason } of used) t.diagnostic(`differs on purpose: ${column}, ${reason}`);
  },
);
