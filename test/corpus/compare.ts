import { extraFields, fields } from './values.ts';
import type { ExtraField, Field, Values } from './values.ts';

/** How many values were compared, were equal, and which columns differed how often. */
export class Tally {
  compared = 0;
  equal = 0;
  /** Values that differ, by column. */
  readonly different = new Map<Field | ExtraField, number>();
  /** The first difference of each column, for the report of a failed test. */
  readonly examples = new Map<string, string>();

  /** Compares all that the oracle states of one flow; `ours` is absent where we have no such flow. */
  add(oracle: Values, ours: Values | undefined): void {
    for (const name of [...fields, ...extraFields]) {
      const expected = oracle[name];
      if (expected === undefined) continue;
      this.compared++;
      if (ours?.[name] === expected) {
        this.equal++;
        continue;
      }
      this.different.set(name, (this.different.get(name) ?? 0) + 1);
      if (this.examples.has(name)) continue;
      const found = ours === undefined ? 'no such flow' : (ours[name] ?? 'absent');
      this.examples.set(name, `${name}: oracle ${expected}, ours ${found}, oracle's flow ${JSON.stringify(oracle)}`);
    }
  }
}

/** Flow by flow, in order, datagram by datagram. */
export function compareInOrder(
  oracle: readonly (readonly Values[])[],
  ours: readonly (readonly Values[])[],
  tally: Tally,
): void {
  oracle.forEach((flows, datagram) => flows.forEach((flow, i) => tally.add(flow, ours[datagram]?.[i])));
}

/**
 * Each of the oracle's flows with one of ours, whatever the order: first those that agree in everything, then the
 * rest with the one that agrees most.
 */
export function compareAsSets(oracle: readonly Values[], ours: readonly Values[], tally: Tally): void {
  const free = new Set(ours.keys());
  const left: Values[] = [];
  const indexes = new Map<string, Map<string, number[]>>();
  for (const flow of oracle) {
    const names = fields.filter((name) => flow[name] !== undefined);
    const index = getOrMake(indexes, names.join(' '), () => indexBy(ours, names));
    const candidates = index.get(keyOf(flow, names)) ?? [];
    const match = candidates.find((candidate) => free.has(candidate));
    if (match === undefined) {
      left.push(flow);
    } else {
      free.delete(match);
      tally.add(flow, ours[match]);
    }
  }
  for (const flow of left) {
    const best = mostAlike(flow, ours, free);
    if (best !== undefined) free.delete(best);
    tally.add(flow, best === undefined ? undefined : ours[best]);
  }
}

/** Adds up bytes and packets of flows that agree in the rest, as pmacct does. */
export function aggregate(flows: Iterable<Values>): Values[] {
  const names = fields.filter((name) => name !== 'bytes' && name !== 'packets');
  const sums = new Map<string, Values>();
  for (const flow of flows) {
    const sum = getOrMake(sums, keyOf(flow, names), () => ({ ...flow, bytes: 0, packets: 0 }));
    sum.bytes = Number(sum.bytes) + Number(flow.bytes ?? 0);
    sum.packets = Number(sum.packets) + Number(flow.packets ?? 0);
  }
  return [...sums.values()];
}

function getOrMake<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

const keyOf = (values: Values, names: readonly Field[]) => names.map((name) => values[name] ?? '').join('|');

function indexBy(flows: readonly Values[], names: readonly Field[]): Map<string, number[]> {
  const index = new Map<string, number[]>();
  flows.forEach((flow, i) => getOrMake(index, keyOf(flow, names), () => []).push(i));
  return index;
}

/** The free flow that agrees in most columns; the key columns weigh more than the counters. */
function mostAlike(flow: Values, ours: readonly Values[], free: ReadonlySet<number>): number | undefined {
  let best: number | undefined;
  let bestScore = 0;
  for (const candidate of free) {
    let score = 0;
    for (const name of fields) {
      if (flow[name] !== undefined && flow[name] === ours[candidate]![name]) {
        score += name === 'src' || name === 'dst' ? 3 : 1;
      }
    }
    if (score > bestScore) [best, bestScore] = [candidate, score];
  }
  return best;
}
