import { join } from 'node:path';
import { ElementRegistry } from '#src/decode/elements/registry.js';
import { RawProducer } from '#src/produce/raw/raw-producer.js';
import { parseExact } from '../../support/exact-json.ts';
import type { ExactValue } from '../../support/exact-json.ts';
import { readCapture } from '../../support/stored-datagram.ts';
import type { StoredDatagram } from '../../support/stored-datagram.ts';
import { WholeChain } from '../../support/whole-chain.ts';
import type { Shows } from './view.ts';

/** A value of a raw message: the name of its element or its key, and its octets where they are shown. */
export interface RawEntry {
  readonly name: string;
  readonly value: ExactValue;
  readonly octets: Buffer | undefined;
}

type Json = Readonly<Record<string, ExactValue>>;

/** Every value of a capture's raw messages with names, datagram by datagram. */
export async function rawShows(corpus: string, file: string): Promise<Shows<RawEntry>[]> {
  const producer = new RawProducer('json', ElementRegistry.bundled());
  const shows: Shows<RawEntry>[] = [];
  let at: StoredDatagram | undefined;
  const chain = new WholeChain();
  chain.onPacket = (packet, datagram) => {
    if (datagram.bytes !== at?.bytes) return; // held for its template: no other decoder has it
    const { message } = parseExact(producer.message(packet, datagram)) as { message: Json };
    shows[shows.length - 1] = show(message);
  };
  for (const stored of await readCapture(join(corpus, file))) {
    at = stored;
    shows.push({ head: [], flows: [], options: [] });
    chain.take(stored);
  }
  return shows;
}

const list = (value: ExactValue | undefined): Json[] => (value ?? []) as Json[];
const entry = (name: string, value: ExactValue): RawEntry => ({ name, value, octets: undefined });

function show(message: Json): Shows<RawEntry> {
  const records = list(message['flow-sets']).flatMap((set) => list(set['records']));
  return {
    head: leaves(message),
    flows: [
      ...list(message['records']).map(leaves),
      ...records.filter((record) => 'values' in record).map((record) => list(record['values']).flatMap(element)),
      ...list(message['samples']).map((sample) => [
        ...sampleLeaves(sample),
        ...list(sample['records']).flatMap(sampled),
      ]),
    ],
    options: records
      .filter((record) => 'option-values' in record)
      .map((record) => [...list(record['scope-values']), ...list(record['option-values'])].flatMap(element)),
  };
}

/** Reverse elements (RFC 5103) under the names of the forward ones, type and code of ICMP apart, as tshark has them. */
function element({ name, decoded, value }: Json): RawEntry[] {
  const octets = Buffer.from(value as string, 'base64');
  const forward = ((name ?? '') as string).replace(/^reverse([A-Z])/, (_, first: string) => first.toLowerCase());
  // An uptime of 0 is for tshark a time of its own: the epoch.
  if (decoded === 0n && /^flow(Start|End)SysUpTime$/.test(forward)) return [entry(`${forward}/0`, decoded)];
  if (forward !== 'icmpTypeCodeIPv6') return [{ name: forward, value: decoded ?? null, octets }];
  return [entry('icmpTypeIPv6', BigInt(octets[0]!)), entry('icmpCodeIPv6', BigInt(octets[1]!))];
}

/** The members of an object and of its header, of lists of numbers each one. */
function leaves(object: Json): RawEntry[] {
  return Object.entries(object).flatMap(([name, value]): RawEntry[] => {
    if (name === 'header') return leaves(value as Json);
    if (!Array.isArray(value)) return [entry(name, value)];
    return value.filter((each) => typeof each === 'bigint').map((each) => entry(name, each));
  });
}

/** Where the format of an interface is told apart, its value is what tshark shows. */
function sampleLeaves(sample: Json): RawEntry[] {
  const all = leaves(sample);
  const apart = all.some(({ name }) => name === 'input-if-value');
  return apart ? all.filter(({ name }) => name !== 'input' && name !== 'output') : all;
}

/** Keys of a sample and of its records meet: those of records are told apart, but for the sampled header's. */
function sampled(record: Json): RawEntry[] {
  const format = (record['header'] as Json)['data-format'];
  const all = leaves(record['data'] as Json);
  return format === 1n ? all : all.map(({ name, value }) => entry(`record.${name}`, value));
}
