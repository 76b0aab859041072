import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** The fields of one packet: values of each name in the order of the packet. */
export type PacketFields = ReadonlyMap<string, readonly string[]>;

/** Between the values of one field; in none of them. */
const AGGREGATOR = '\u001f';

/**
 * The named fields of every packet of a capture, which tshark gives much faster than whole dissections: NetFlow and
 * IPFIX on port 2055, sFlow on port 6343.
 */
export async function* tsharkFields(capture: string, names: readonly string[]): AsyncGenerator<PacketFields> {
  const args = ['-n', '-r', capture, '-T', 'fields', '-E', `aggregator=${AGGREGATOR}`, '-E', 'separator=/t'];
  args.push('-d', 'udp.port==2055,cflow', '-d', 'udp.port==6343,sflow');
  for (const name of names) args.push('-e', name);
  const tshark = spawn('tshark', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise<number | null>((resolve) => tshark.on('close', resolve));
  for await (const line of createInterface({ input: tshark.stdout, crlfDelay: Infinity })) {
    const values = line.split('\t').map((field) => (field === '' ? [] : field.split(AGGREGATOR)));
    yield new Map(names.map((name, i) => [name, values[i]!]));
  }
  const status = await ended;
  if (status !== 0) throw new Error(`tshark ended with ${status}`);
}
