import assert from 'node:assert/strict';
import { HeaderParser } from '#src/decode/headers/header-parser.js';
import type { TemplatedPacket } from '#src/decode/packet.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import type { Datagram } from '#src/listen/datagram.js';
import { Counters, counterIndex } from '#src/metrics/counters.js';
import { TemplatedProducer } from '#src/produce/templated.js';
import { columnsOf } from './flow-columns.ts';
import type { Columns } from './flow-columns.ts';

const COMPILES = counterIndex('compiles');

/** Everything is compiled before its first record, and kept. */
export const compileAtOnce = { afterRecords: 0, perSecond: Infinity, fields: 512, plans: 256, bytes: Infinity };

/**
 * Two producers of the same packets: one that interprets all templates and one that has compiled them. They give the
 * same flows and count the same, or the test fails.
 */
export class TwinProducers {
  readonly interpreted: TemplatedProducer;
  readonly #compiled: TemplatedProducer;
  readonly #flow = new FlowRecord();
  readonly #counted = new Counters();
  readonly #counters: Counters;
  /** Templates that were compiled. */
  compiled = 0;

  /** @param counters of the interpreting one */
  constructor(counters: Counters) {
    this.#counters = counters;
    this.interpreted = new TemplatedProducer(this.#flow, counters, new HeaderParser(), { codegen: false });
    this.#compiled = new TemplatedProducer(new FlowRecord(), this.#counted, new HeaderParser(), {
      enriched: [],
      compileLimits: compileAtOnce,
    });
  }

  produce(packet: TemplatedPacket, datagram: Datagram): Columns[] {
    const before = this.#counters.values.slice();
    const flows: Columns[] = [];
    this.interpreted.produce(packet, datagram, (flow) => flows.push(columnsOf(flow)));
    const counted = this.#counters.values.map((value, i) => value - before[i]!);
    const twins: Columns[] = [];
    this.#counted.values.fill(0);
    this.#compiled.produce(packet, datagram, (flow) => twins.push(columnsOf(flow)));
    assert.deepEqual(twins, flows, 'the flows of compiled and of interpreted templates');
    this.compiled += this.#counted.values[COMPILES]!;
    this.#counted.values[COMPILES] = 0;
    assert.deepEqual(this.#counted.values, counted, 'what compiled and interpreted templates have counted');
    return flows;
  }
}
