import { buildTrie } from '../lpm/build-trie.ts';
import { AttributeSets } from './attribute-sets.ts';
import type { OnDuplicate } from './compile-networks.ts';
import type { ExporterDraft, ExporterDrafts, PortDraft, PrefixRow } from './draft.ts';
import { EXPORTER_ENTRY } from './exporter-table.ts';
import type { ExporterTable } from './exporter-table.ts';
import { FragmentFiller, addAttributes, beginFragments, layFragments } from './fragments.ts';
import type { ContextOutput } from './fragments.ts';
import { mergePrefixes } from './merge-prefixes.ts';
import { hashPairs } from './number-pairs.ts';
import type { NumberPair } from './number-pairs.ts';
import { TableLayout } from './table-memory.ts';
import type { AllocateMemory } from './table-memory.ts';

/** Interfaces or VRFs by number. */
type Ports = ReadonlyMap<number, PortDraft>;

/** An exporter as it is after inheritance. */
interface ExporterState {
  /** Number of the name plus 1; 0 = none. */
  readonly name: number;
  readonly set: number;
  readonly interfaces: Ports;
  readonly vrfs: Ports;
  readonly sampling: ExporterDraft['sampling'];
}

const outside: ExporterState = {
  name: 0,
  set: 0,
  interfaces: new Map(),
  vrfs: new Map(),
  sampling: { override: 0, default: 0 },
};

/**
 * Compiles exporters. Those that are given by a prefix are inherited from like networks: attributes, interfaces, VRFs
 * and sampling rates, each for itself.
 */
export function compileExporters(
  drafts: ExporterDrafts,
  output: ContextOutput,
  allocate: AllocateMemory,
  onDuplicate: OnDuplicate,
): ExporterTable {
  const sets = new AttributeSets(drafts);
  const states = [outside];
  const merging = {
    outside,
    apply: (around: ExporterState, row: PrefixRow): ExporterState => {
      const inherited = row.inherit ? around : outside;
      return inherit(inherited, drafts.list[row.subject]!, sets.merge(inherited.set, row.attributes));
    },
    duplicate: onDuplicate,
    valueOf: (state: ExporterState): number => states.push(state) - 1,
  };
  const v4 = mergePrefixes(drafts.prefixes.v4, merging);
  const v6 = mergePrefixes(drafts.prefixes.v6, merging);

  const filler = new FragmentFiller(drafts.texts, output);
  const fill = (): Filled => fillFragments(states, sets, filler);
  const { entries, interfaces, vrfs } = fill();
  const layout = new TableLayout()
    .add('trie4', buildTrie(drafts.prefixes.v4.list, v4.order, v4.values))
    .add('trie6', buildTrie(drafts.prefixes.v6.list, v6.order, v6.values))
    .add('entries', entries)
    .add('interfaces', hashPairs(interfaces))
    .add('vrfs', hashPairs(vrfs));
  layFragments(layout, filler, drafts.texts);
  const table = layout.make(allocate);
  beginFragments(table, filler, drafts.texts);
  fill();
  return { table, keys: filler.keys.names, prefixes: v4.order.length + v6.order.length };
}

function inherit(around: ExporterState, exporter: ExporterDraft, set: number): ExporterState {
  return {
    name: exporter.name + 1,
    set,
    interfaces: withPorts(around.interfaces, exporter.interfaces),
    vrfs: withPorts(around.vrfs, exporter.vrfs),
    sampling: {
      override: exporter.sampling.override || around.sampling.override,
      default: exporter.sampling.default || around.sampling.default,
    },
  };
}

function withPorts(inherited: Ports, own: readonly PortDraft[]): Ports {
  if (own.length === 0) return inherited;
  return new Map([...inherited, ...own.map((port) => [port.number, port] as const)]);
}

/** What is made in passing through all fragments, the same both times. */
interface Filled {
  readonly entries: Uint32Array;
  readonly interfaces: NumberPair[];
  readonly vrfs: NumberPair[];
}

function fillFragments(states: readonly ExporterState[], sets: AttributeSets, filler: FragmentFiller): Filled {
  const entries = new Uint32Array(states.length * EXPORTER_ENTRY);
  const interfaces: NumberPair[] = [];
  const vrfs: NumberPair[] = [];
  // What several exporters inherit is made once.
  const made = new Map<PortDraft, readonly [a: number, b: number]>();
  const fragments = (port: PortDraft, keys: readonly string[]): readonly [a: number, b: number] => {
    const set = sets.merge(0, port.attributes);
    const [a, b] = keys.map((key) => {
      return addAttributes(filler, sets, set, `${key}_`, [filler.keys.number(key), port.name]);
    });
    return [a!, b!];
  };
  const addPorts = (exporter: number, ports: Ports, keys: readonly string[], out: NumberPair[]): void => {
    for (const [number, port] of ports) {
      let pair = made.get(port);
      if (pair === undefined) made.set(port, (pair = fragments(port, keys)));
      out.push([exporter, number, ...pair]);
    }
  };
  for (const [exporter, { name, set, sampling, ...ports }] of states.entries()) {
    if (exporter === 0) continue;
    const own = [filler.keys.number('exporter'), name - 1];
    entries[exporter * EXPORTER_ENTRY] = addAttributes(filler, sets, set, 'exporter_', own);
    entries[exporter * EXPORTER_ENTRY + 1] = sampling.override;
    entries[exporter * EXPORTER_ENTRY + 2] = sampling.default;
    addPorts(exporter, ports.interfaces, ['in_if', 'out_if'], interfaces);
    addPorts(exporter, ports.vrfs, ['ingress_vrf', 'egress_vrf'], vrfs);
  }
  return { entries, interfaces, vrfs };
}
