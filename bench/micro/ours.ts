import { ElementRegistry } from '#src/decode/elements/registry.js';
import { defaultTemplateSettings } from '#src/decode/templates/build-store.js';
import { filterColumns, readFilter } from '#src/filter/filter.js';
import { Datagram, Source } from '#src/listen/datagram.js';
import { MutedLog } from '#src/log/mute.js';
import type { Mapping } from '#src/mapping/mapping.js';
import { parseMapping } from '#src/mapping/read-mapping.js';
import { Counters } from '#src/metrics/counters.js';
import { BatchMemory } from '#src/pipeline/batch-memory.js';
import { BatchPool } from '#src/pipeline/batch-pool.js';
import { Chain } from '#src/pipeline/chain.js';
import { Problems } from '#src/pipeline/problems.js';
import { lookUpOnce, manyNetworks } from './context.ts';
import type { Contestant } from './contestant.ts';
import type { Arrival, Input } from './input.ts';
import { TurnMemory } from './turn-memory.ts';

export interface OursOptions {
  readonly format: 'json' | 'text' | 'bin';
  readonly codegen: boolean;
  /** An expression that is true for every flow, so that it costs its evaluation alone. */
  readonly filter?: string;
  /** Whether flows have a context of many networks, and whether each one is looked up for it. */
  readonly context?: 'looked up' | 'the same for all';
  /** A mapping file. */
  readonly mapping?: string;
}

/** The collector's own chain, from datagrams to a batch of messages: what a worker does between two receive calls. */
export function ours(
  { before, turn, flows: expected }: Input,
  { format, codegen, filter, context, mapping }: OursOptions,
): Contestant {
  if (context === 'the same for all') lookUpOnce();
  const counters = new Counters();
  const batches = BatchMemory.of(32 * 1024 * 1024);
  const pool = new BatchPool(batches, (batch) => batches.release(batch));
  let nowMs = 0; // as a worker has it: read once for what one receive call has brought
  const muted = new MutedLog(
    'receiver messages',
    { count: 1, intervalMs: 1e9 },
    () => {},
    undefined,
    () => nowMs,
  );
  const { pipeline } = new Chain(
    {
      accepts: 'flow',
      produce: 'sample',
      format,
      codegen,
      rawNames: false,
      context: context === undefined ? undefined : { tables: manyNetworks(format), build: 1 },
      mapping: mapping === undefined ? undefined : readText(mapping),
      filter: filter === undefined ? undefined : readFilter(filter, { columns: filterColumns(false), context: false }),
      templates: defaultTemplateSettings,
      admission: { allow: [], deny: [], ratePerSecond: 0 },
      separator: format === 'bin' ? new Uint8Array(0) : Uint8Array.of(10),
    },
    { batches: pool, counters, problems: new Problems(muted), onNews: () => {} },
  );
  const sources = new Map<number, Source>();
  const datagramOf = (exporter: number): Datagram => {
    const source = sources.get(exporter) ?? new Source(Uint8Array.of(10, exporter >> 16, exporter >> 8, exporter));
    sources.set(exporter, source);
    const datagram = new Datagram();
    datagram.source = source;
    datagram.sourcePort = 50_000;
    return datagram;
  };
  const numbers = new SequenceNumbers();
  const memory = new TurnMemory(turn);
  const ready = turn.map((arrival) => {
    const datagram = datagramOf(arrival.exporter);
    const { bytes, view } = memory;
    const offset = memory.offsetOf(arrival.octets);
    const { length } = arrival.octets;
    Object.assign(datagram, { bytes, view, offset, length });
    return { ...arrival, octets: bytes.subarray(offset, offset + length), datagram };
  });
  for (const arrival of before) {
    numbers.put(arrival);
    const datagram = datagramOf(arrival.exporter);
    datagram.setBytes(arrival.octets);
    pipeline.datagram(datagram);
  }
  const flows = () => counters.get('flows_produced');
  return {
    datagrams: turn.length,
    octets: turn.reduce((sum, { octets }) => sum + octets.length, 0),
    goOn: () => memory.goOn(),
    turn() {
      const sofar = flows();
      nowMs = performance.now();
      for (const arrival of ready) {
        numbers.put(arrival);
        pipeline.datagram(arrival.datagram);
      }
      if (counters.get('records_dropped:filtered') > 0)
        throw new Error('the filter drops flows, and so does less work');
      const made = flows() - sofar;
      if (expected !== undefined && made !== expected) throw new Error(`${made} of ${expected} flows`);
      return made;
    },
  };
}

function readText(text: string): Mapping {
  const surroundings = { elements: () => ElementRegistry.bundled(), optional: [] };
  return parseMapping(new TextEncoder().encode(text), 'mapping.yaml', surroundings).mapping;
}

/** Gives each datagram of NetFlow v5, v9 and IPFIX the number that its exporter has come to. */
class SequenceNumbers {
  readonly #next = new Float64Array(1 << 16);

  put({ octets, exporter, records, counted }: Arrival): void {
    if (!counted) return;
    const version = octets[1]!;
    const at = version === 9 ? 12 : version === 10 ? 8 : 16;
    const next = this.#next[exporter]!;
    octets[at] = next >>> 24;
    octets[at + 1] = next >>> 16;
    octets[at + 2] = next >>> 8;
    octets[at + 3] = next;
    // NetFlow v9 counts datagrams, the others count records
    this.#next[exporter] = (next + (version === 9 ? 1 : records)) % 2 ** 32;
  }
}
