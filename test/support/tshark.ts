import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** One element of tshark's packet description: a protocol, a field or a group of fields. */
export interface Dissected {
  readonly name: string;
  /** The value as display filters take it. */
  readonly show: string;
  /** The value as people read it. */
  readonly showname: string;
  /** Its octets in hexadecimal. */
  readonly value: string;
  readonly children: Dissected[];
}

/**
 * Hands each packet of a capture as tshark dissects it: NetFlow and IPFIX on port 2055, sFlow on port 6343. Names are
 * not resolved; checksums are verified.
 */
export async function dissect(capture: string, onPacket: (packet: Dissected) => void): Promise<void> {
  const args = ['-n', '-r', capture, '-T', 'pdml', '-d', 'udp.port==2055,cflow', '-d', 'udp.port==6343,sflow'];
  for (const protocol of ['ip', 'udp', 'tcp']) args.push('-o', `${protocol}.check_checksum:TRUE`);
  args.push('-o', 'tcp.analyze_sequence_numbers:FALSE'); // packets stand alone here
  const tshark = spawn('tshark', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise<number | null>((resolve) => tshark.on('close', resolve));
  const open: Dissected[] = [];
  for await (const line of createInterface({ input: tshark.stdout, crlfDelay: Infinity })) {
    // pdml writes one element a line, attributes in double quotes
    const [, closing, kind, attributes, selfClosing] =
      /^\s*<(\/?)(packet|proto|field)\b(.*?)(\/?)>\s*$/.exec(line) ?? [];
    if (kind === undefined) continue;
    if (closing === '/') {
      const element = open.pop()!;
      if (kind === 'packet') onPacket(element);
      continue;
    }
    const element: Dissected = {
      name: '',
      show: '',
      showname: '',
      value: '',
      ...attributesOf(attributes!),
      children: [],
    };
    open.at(-1)?.children.push(element);
    if (selfClosing === '') open.push(element);
  }
  const status = await ended;
  if (status !== 0) throw new Error(`tshark ended with ${status}`);
}

/** All packets of a capture: for small ones. */
export async function dissectAll(capture: string): Promise<Dissected[]> {
  const packets: Dissected[] = [];
  await dissect(capture, (packet) => packets.push(packet));
  return packets;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function attributesOf(text: string): Partial<Record<keyof Dissected, string>> {
  const attributes: Record<string, string> = {};
  for (const [, name, value] of text.matchAll(/(\w+)="([^"]*)"/g)) {
    attributes[name!] = value!.replace(/&([a-z]+);/g, (whole, entity: string) => entities[entity] ?? whole);
  }
  return attributes;
}

/** Every element below (and including) this one that has the name, in order. */
export function all(element: Dissected, name: string): Dissected[] {
  const found = element.name === name ? [element] : [];
  for (const child of element.children) found.push(...all(child, name));
  return found;
}

/** What the elements of a name show, in order. */
export function shows(element: Dissected, name: string): string[] {
  return all(element, name).map((found) => found.show);
}

/** What tshark complains about in a packet: malformed parts, expert information of warning and error level. */
export function complaints(packet: Dissected): string[] {
  const found: string[] = [];
  const walk = (element: Dissected) => {
    if (element.name === '_ws.malformed') found.push(`malformed: ${element.showname}`);
    const severity = element.name === '_ws.expert' ? shows(element, '_ws.expert.severity')[0] : undefined;
    if (severity !== undefined && Number(severity) >= 0x600000) {
      found.push(shows(element, '_ws.expert.message')[0] ?? element.showname);
    }
    // what was cut off from a sampled packet is no fault of the datagram
    if (element.name !== 'sflow_245.header') element.children.forEach(walk);
  };
  walk(packet);
  return found;
}
