import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { corpusFolder, root } from '../test/support/requirements.ts';
import { readCapture } from '../test/support/stored-datagram.ts';
import { protocolOf } from '../test/support/whole-chain.ts';
import { targets } from './parts.ts';
import type { Target } from './parts.ts';
import { frames } from './seed-frames.ts';
import { sflowDatagrams } from './seed-sflow.ts';
import { templatedSessions } from './seed-templates.ts';

/** Datagrams (or frames) that belong together, in order: templates come before what they describe. */
export type Session = readonly Uint8Array[];

export type Seeds = Record<Target, Session[]>;

interface Vector {
  readonly protocol: string;
  readonly hex: string;
  readonly setup_hex?: string | readonly string[];
}

const octets = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

function vectorSessions(): Session[] {
  const path = join(root, 'test/fixtures/goflow2-vectors.json');
  const vectors = JSON.parse(readFileSync(path, 'utf8')) as Vector[];
  return vectors
    .filter(({ protocol }) => !protocol.includes(':'))
    .map(({ setup_hex: setup, hex }) => [setup ?? [], hex].flat().map(octets));
}

async function captureSessions(): Promise<Session[]> {
  const own = join(root, 'test/fixtures/live-own');
  const paths = readdirSync(own)
    .filter((name) => name.endsWith('.pcap'))
    .map((name) => join(own, name));
  const corpus = corpusFolder();
  if (corpus !== undefined) {
    for (const path of readdirSync(corpus, { recursive: true, encoding: 'utf8' }).sort()) {
      if (path.endsWith('.pcap') && !path.startsWith('live-own')) paths.push(join(corpus, path));
    }
  }
  const sessions: Session[] = [];
  for (const path of paths) sessions.push((await readCapture(path)).map(({ bytes }) => bytes));
  return sessions;
}

/** All seeds: captures, vectors and what our own encoders make, by target. Datagrams of others are left out. */
export async function loadSeeds(): Promise<Seeds> {
  const seeds: Seeds = { 'netflow-fixed': [], 'netflow-v9': [], ipfix: [], sflow: [], headers: [] };
  const sessions = [...(await captureSessions()), ...vectorSessions(), ...templatedSessions(), sflowDatagrams()];
  for (const session of sessions) {
    for (const target of targets) {
      const own = session.filter((datagram) => protocolOf(datagram) === target);
      if (own.length > 0) seeds[target].push(own);
    }
  }
  seeds.headers.push(...[...frames(), ...sampledHeaders(seeds.sflow)].map((frame) => [frame]));
  return seeds;
}

/** The raw headers of flow samples, found by their record header: format 1, then protocol, lengths and octets. */
function sampledHeaders(sessions: readonly Session[]): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const datagram of sessions.flat()) {
    const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.length);
    for (let at = 28; at + 24 <= datagram.length; at += 4) {
      if (view.getUint32(at) !== 1 || view.getUint32(at + 8) !== 1) continue;
      const length = view.getUint32(at + 20);
      if (length + 16 > view.getUint32(at + 4) || at + 24 + length > datagram.length) continue;
      found.push(datagram.slice(at + 24, at + 24 + length));
    }
  }
  return found;
}
