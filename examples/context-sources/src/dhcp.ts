import { readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Network, Networks } from './networks.ts';

/** Between two looks at the file, and between two looks for leases that have run out. */
const LOOK_MS = 1_000;
const EXPIRY_MS = 60_000;

/** A lease. */
export interface Lease {
  readonly address: string;
  readonly mac: string;
  /** Empty where the host told none. */
  readonly host: string;
  /** Unix seconds; Infinity for one that does not end. */
  readonly ends: number;
}

/**
 * The leases of a file, by address: that of dnsmasq (a line each: expiry, MAC, address, name, client id) or that of ISC
 * dhcpd (blocks, the last one of an address counts).
 */
export function parseLeases(text: string): Map<string, Lease> {
  const leases = new Map<string, Lease>();
  for (const lease of /^\s*lease \S+ \{/m.test(text) ? iscLeases(text) : dnsmasqLeases(text)) {
    leases.set(lease.address, lease);
  }
  return leases;
}

function* dnsmasqLeases(text: string): Generator<Lease> {
  for (const line of text.split('\n')) {
    // Leases of IPv6 have an identity association in the place of a MAC.
    const match = /^(\d+) (\S+) ([0-9a-f.:]+) (\S+)/i.exec(line);
    if (match === null) continue;
    const [, ends, mac, address, host] = match as unknown as [string, string, string, string, string];
    yield { address, mac, host: host === '*' ? '' : host, ends: ends === '0' ? Infinity : Number(ends) };
  }
}

function* iscLeases(text: string): Generator<Lease> {
  for (const [, address = '', block = ''] of text.matchAll(/^\s*lease (\S+) \{([^}]*)\}/gm)) {
    const value = (name: string) => new RegExp(`^\\s*${name}\\s+(.*);`, 'm').exec(block)?.[1];
    const host = value('client-hostname')?.replace(/^"(.*)"$/, '$1') ?? '';
    const ends = value('binding state') === 'active' ? secondsOf(value('ends') ?? 'never') : 0;
    yield { address, mac: value('hardware ethernet') ?? '', host, ends };
  }
}

/** `never`, `epoch SECONDS`, or `WEEKDAY YYYY/MM/DD HH:MM:SS` in UTC. */
function secondsOf(ends: string): number {
  if (ends === 'never') return Infinity;
  const [, epoch] = /^epoch (\d+)/.exec(ends) ?? [];
  if (epoch !== undefined) return Number(epoch);
  const [, date = '', time = ''] = /^\d (\S+) (\S+)/.exec(ends) ?? [];
  return Date.parse(`${date.replaceAll('/', '-')}T${time}Z`) / 1000 || 0;
}

/** The networks of leases that are in force at `now`, Unix seconds. */
export function networksOf(leases: ReadonlyMap<string, Lease>, now: number): Map<string, Network> {
  const networks = new Map<string, Network>();
  for (const { address, mac, host, ends } of leases.values()) {
    if (ends <= now) continue;
    const context = { ...(host === '' ? {} : { host }), ...(mac === '' ? {} : { mac }) };
    networks.set(address.replaceAll(':', '-'), { name: host || mac || address, cidrs: [address], context });
  }
  return networks;
}

/** Follows a lease file, which may be written in place or replaced, until `stopped`. */
export async function followLeases(path: string, networks: Networks, stopped: AbortSignal): Promise<void> {
  let seen = '';
  for (let next = 0; !stopped.aborted;) {
    try {
      const { mtimeMs, size, ino } = await stat(path);
      const look = `${mtimeMs} ${size} ${ino}`;
      if (look !== seen || Date.now() >= next) {
        await networks.replace(networksOf(parseLeases(await readFile(path, 'utf8')), Date.now() / 1000));
        seen = look;
        next = Date.now() + EXPIRY_MS;
      }
    } catch (error) {
      console.error(String(error)); // a file that is away for a moment changes nothing
    }
    await sleep(LOOK_MS, undefined, { signal: stopped }).catch(() => {});
  }
}
