import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { root } from '../test/support/requirements.ts';
import type { Target } from './parts.ts';
import type { Session } from './seeds.ts';

/** An input that broke a promise. */
export interface Finding {
  readonly target: Target;
  /** What was promised, and what happened. */
  readonly what: string;
  readonly session: Session;
}

const folder = join(root, 'test/fixtures/fuzz');

interface Stored {
  readonly target: Target;
  readonly what: string;
  readonly datagrams: readonly string[];
}

/** Writes a finding as a fixture, which a test replays from then on; the path of it. */
export function store(finding: Finding): string {
  const { target, what, session } = finding;
  const datagrams = session.map((datagram) => Buffer.from(datagram).toString('hex'));
  const name = createHash('sha256').update(datagrams.join('\n')).digest('hex').slice(0, 12);
  const path = join(folder, `${target}-${name}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, JSON.stringify({ target, what, datagrams } satisfies Stored, undefined, 1) + '\n');
  return path;
}

/** All fixtures, by file name. */
export function storedFindings(): { name: string; finding: Finding }[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
  return names.sort().map((name) => {
    const { target, what, datagrams } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Stored;
    const session = datagrams.map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));
    return { name, finding: { target, what, session } };
  });
}
