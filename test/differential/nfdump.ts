import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { PacedSender } from '#src/simulate/sender.js';
import { bindUdp, closeUdp } from '#src/simulate/udp-sockets.js';
import { ChildProgram } from '../support/child-program.ts';
import { commandPath } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import type { FlowRow } from '../support/tshark-flows.ts';
import { isDrained, udpQueue } from '../support/udp-queue.ts';

/** How nfdump names what a column holds, in its JSON. */
const names: Record<string, readonly string[]> = {
  src_addr: ['src4_addr', 'src6_addr'],
  dst_addr: ['dst4_addr', 'dst6_addr'],
  next_hop: ['ip4_next_hop', 'ip6_next_hop'],
  bgp_next_hop: ['bgp4_next_hop', 'bgp6_next_hop'],
  bytes: ['in_bytes'],
  packets: ['in_packets'],
  proto: ['proto'],
  src_port: ['src_port'],
  dst_port: ['dst_port'],
  in_if: ['input_snmp'],
  out_if: ['output_snmp'],
  ip_tos: ['src_tos'],
  src_as: ['src_as'],
  dst_as: ['dst_as'],
  src_net: ['src_mask'],
  dst_net: ['dst_mask'],
  src_vlan: ['src_vlan'],
  dst_vlan: ['dst_vlan'],
  vlan_id: ['src_vlan'],
  src_mac: ['in_src_mac'],
  dst_mac: ['out_dst_mac'],
  forwarding_status: ['fwd_status'],
  icmp_type: ['icmp_type'],
  icmp_code: ['icmp_code'],
};

/** The letters of nfdump's TCP flags, for 0x80 to 0x01. */
const FLAGS = 'CEUAPRSF';

/**
 * Flows of datagrams as nfdump sees them, in order: they are sent to its collector, and its file is read.
 *
 * @param program nfcapd for NetFlow, sfcapd for sFlow
 */
export async function nfdump(
  t: TestContext,
  program: 'nfcapd' | 'sfcapd',
  datagrams: readonly Uint8Array[],
): Promise<FlowRow[]> {
  const folder = temporaryFolder(t);
  const port = await freePort();
  const capturing = ['-b', '127.0.0.1', '-p', String(port), '-w', folder, '-t', '3600', '-B', '8000000', '-I', 'test'];
  const collector = new ChildProgram(t, [commandPath(program)!, ...capturing]);
  await collector.until(() => udpQueue(port) !== undefined);
  const sender = new PacedSender({ target: { address: '127.0.0.1', port }, rate: 5_000 });
  await sender.start();
  await sender.send(datagrams);
  await sender.stop();
  await collector.until(() => isDrained(port)); // it reads no more once it was asked to stop
  const { drops } = udpQueue(port)!;
  if (drops > 0) throw new Error(`${program} was too slow: the kernel dropped ${drops} datagrams`);
  await setTimeout(300);
  await collector.stop();
  const file = readdirSync(folder).find((name) => /^nfcapd\.\d+$/.test(name))!;
  const reader = new ChildProgram(t, [
    'env',
    'TZ=UTC',
    commandPath('nfdump')!,
    '-r',
    join(folder, file),
    '-o',
    'json',
    '-N',
    '-q',
  ]);
  await reader.finished();
  const text = reader.stdout.trim().replace(/,$/, '');
  const flows = JSON.parse(text.startsWith('[') ? text : `[${text}]`) as Record<string, unknown>[];
  return flows.map(flowRow);
}

/** A port that nobody has; the collectors cannot be asked to choose one. */
async function freePort(): Promise<number> {
  const socket = await bindUdp({ address: '127.0.0.1', port: 0 });
  const { port } = socket.address();
  await closeUdp(socket);
  return port;
}

function flowRow(flow: Record<string, unknown>): FlowRow {
  const row: FlowRow = {};
  for (const [column, keys] of Object.entries(names)) {
    const value = keys.map((key) => flow[key]).find((found) => found !== undefined);
    if (typeof value === 'string') row[column] = value;
    else if (typeof value === 'number' && Number.isSafeInteger(value)) row[column] = BigInt(value);
  }
  const flags = flow['tcp_flags'];
  if (typeof flags === 'string') {
    row['tcp_flags'] = BigInt(
      parseInt(Array.from(FLAGS, (letter) => (flags.includes(letter) ? '1' : '0')).join(''), 2),
    );
  }
  for (const [column, key] of [
    ['time_flow_start_ns', 'first'],
    ['time_flow_end_ns', 'last'],
  ] as const) {
    row[column] = BigInt(Date.parse(`${String(flow[key])}Z`)) * 1_000_000n;
  }
  return row;
}
