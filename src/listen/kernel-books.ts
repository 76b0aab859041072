import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { parseAddress } from '../flow/address.ts';
import { NATIVE_LITTLE_ENDIAN } from '../flow/u64.ts';

/** What the Linux kernel says of one UDP socket, in `/proc/net/udp` or `/proc/net/udp6`. */
export interface KernelBooks {
  readonly inode: number;
  /** Octets that wait to be read, with the kernel's own overhead; 0 when nothing waits. */
  readonly queued: number;
  /** Datagrams dropped since the socket was opened: receive buffer full, or a wrong checksum. */
  readonly drops: number;
}

/** Inodes of all sockets of this process; empty where there is no `/proc`. */
export function ownSockets(): Set<number> {
  const inodes = new Set<number>();
  for (const fd of list('/proc/self/fd')) {
    const inode = /^socket:\[(\d+)\]$/.exec(link(`/proc/self/fd/${fd}`))?.[1];
    if (inode !== undefined) inodes.add(Number(inode));
  }
  return inodes;
}

/**
 * Inode of the UDP socket of this process that is bound to an address and port, to recognise it in
 * {@link kernelBooks}.
 *
 * @param before the process's sockets before it was opened: tells it from others with the same address, such as two
 *   link-local ones on different interfaces
 * @returns undefined when it is not to be found, or not for certain
 */
export function findSocket(address: string, port: number, before: ReadonlySet<number>): number | undefined {
  const octets = parseAddress(address);
  if (octets === undefined) return undefined;
  const place = `${kernelText(octets)}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const own = ownSockets();
  const found: number[] = [];
  for (const fields of rows(octets.length === 4 ? 4 : 6)) {
    const inode = Number(fields[9]);
    if (fields[1] === place && own.has(inode) && !before.has(inode)) found.push(inode);
  }
  return found.length === 1 ? found[0] : undefined;
}

/** The kernel's books of a socket; undefined off Linux and for a closed socket. */
export function kernelBooks(inode: number, family: 4 | 6): KernelBooks | undefined {
  for (const fields of rows(family)) {
    if (Number(fields[9]) !== inode) continue;
    return { inode, queued: parseInt(fields[4]!.split(':')[1] ?? '', 16), drops: Number(fields[12]) };
  }
  return undefined;
}

/**
 * Fields of each row: 1 local address and port, 4 queues to send and received, 9 inode, 12 drops. The address is
 * written as 32-bit words in the machine's own order.
 */
function rows(family: 4 | 6): string[][] {
  let text: string;
  try {
    text = readFileSync(family === 4 ? '/proc/net/udp' : '/proc/net/udp6', 'latin1');
  } catch {
    return [];
  }
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length > 12);
}

function kernelText(octets: Uint8Array): string {
  let text = '';
  for (let word = 0; word < octets.length; word += 4) {
    const four = [...octets.subarray(word, word + 4)];
    if (NATIVE_LITTLE_ENDIAN) four.reverse();
    text += four.map((octet) => octet.toString(16).padStart(2, '0')).join('');
  }
  return text.toUpperCase();
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Target of a link; empty when it is gone, as the descriptor of the listing itself is. */
function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
