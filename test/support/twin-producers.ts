import assert from 'node:assert/strict';
import { compileRun } from '#src/codegen/message-run.js';
import { HeaderParser } from '#src/decode/headers/header-parser.js';
import type { TemplatedPacket } from '#src/decode/packet.js';
import type { CustomLayout } from '#src/flow/custom-fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { createBinaryFormat } from '#src/format/binary.js';
import { ByteWriter } from '#src/format/byte-writer.js';
import type { Format } from '#src/format/format.js';
import { formats } from '#src/format/formats.js';
import type { Datagram } from '#src/listen/datagram.js';
import { Counters, counterIndex } from '#src/metrics/counters.js';
import type { ElementMappings } from '#src/produce/mapped/element-mappings.js';
import { TemplatedProducer } from '#src/produce/templated.js';
import { messageEnd, messageIndex } from '#src/transport/transport.js';
import type { Batch } from '#src/transport/transport.js';
import { columnsOf } from './flow-columns.ts';
import type { Columns } from './flow-columns.ts';
import { poolTo } from './pool.ts';

/** Fields of a user's own, and the elements that go there. */
export interface OwnFields {
  readonly mapped?: ElementMappings | undefined;
  readonly custom?: CustomLayout | undefined;
}

const COMPILES = counterIndex('compiles');

/** Everything is compiled before its first record, and kept. */
export const compileAtOnce = { afterRecords: 0, perSecond: Infinity, fields: 512, plans: 256, bytes: Infinity };

/**
 * Three producers of the same packets: one that interprets all templates, one that has compiled them, and one whose
 * compiled templates go straight to messages. They give the same flows and count the same, or the test fails.
 */
export class TwinProducers {
  readonly interpreted: TemplatedProducer;
  readonly #compiled: TemplatedProducer;
  readonly #counted = new Counters();
  readonly #counters: Counters;
  readonly #straight: StraightTwin;
  readonly #message: (flow: FlowRecord) => string;
  /** Templates that were compiled. */
  compiled = 0;

  /** @param counters of the interpreting one */
  constructor(counters: Counters, { mapped, custom }: OwnFields = {}) {
    this.#counters = counters;
    const flow = () => new FlowRecord(custom);
    this.interpreted = new TemplatedProducer(flow(), counters, new HeaderParser(), { codegen: false, mapped });
    const options = { enriched: [], compileLimits: compileAtOnce, mapped };
    this.#compiled = new TemplatedProducer(flow(), this.#counted, new HeaderParser(), options);
    this.#straight = new StraightTwin({ mapped, custom });
    this.#message = messagesOf(custom);
  }

  /** Flows that went straight to messages. */
  get straight(): number {
    return this.#straight.flows;
  }

  produce(packet: TemplatedPacket, datagram: Datagram): Columns[] {
    const before = this.#counters.values.slice();
    const flows: Columns[] = [];
    const written: string[] = [];
    this.interpreted.produce(packet, datagram, (flow) => {
      flows.push(columnsOf(flow));
      written.push(this.#message(flow));
    });
    const counted = this.#counters.values.map((value, i) => value - before[i]!);
    const twins: Columns[] = [];
    const messages: string[] = [];
    this.#counted.values.fill(0);
    this.#compiled.produce(packet, datagram, (flow) => {
      twins.push(columnsOf(flow));
      messages.push(this.#message(flow));
    });
    const { counters } = this.#straight;
    assert.deepEqual(
      this.#straight.produce(packet, datagram),
      messages,
      'the messages of flows that go straight to them',
    );
    assert.deepEqual(twins, flows, 'the flows of compiled and of interpreted templates');
    assert.deepEqual(messages, written, "their messages, fields of a user's own among them");
    this.compiled += this.#counted.values[COMPILES]!;
    this.#counted.values[COMPILES] = counters.values[COMPILES] = 0;
    assert.deepEqual(this.#counted.values, counted, 'what compiled and interpreted templates have counted');
    assert.deepEqual(counters.values, counted, 'what was counted where flows go straight to messages');
    return flows;
  }
}

/** Flows as messages of protobuf, interpreted, in hexadecimal. */
function messagesOf(custom: CustomLayout | undefined): (flow: FlowRecord) => string {
  const interpreted = createBinaryFormat({ custom });
  return (flow) => {
    const out = new ByteWriter(new Uint8Array(interpreted.bound(flow)));
    interpreted.write(flow, out);
    return Buffer.from(out.bytes.subarray(0, out.pos)).toString('hex');
  };
}

/** A producer whose flows become messages with nothing in between, as far as that goes. */
class StraightTwin {
  readonly counters = new Counters();
  flows = 0;
  readonly #messages: string[] = [];
  readonly #pool = poolTo(128 * 1024, (batch) => this.#messages.push(...octetsOf(batch)));
  readonly #producer: TemplatedProducer;
  readonly #format: Format;

  constructor({ mapped, custom }: OwnFields) {
    const flow = new FlowRecord(custom);
    this.#format = formats.get('bin')!({ custom, home: { flow, view: this.#pool.view } });
    const options = { enriched: [], compileLimits: compileAtOnce, mapped };
    this.#producer = new TemplatedProducer(flow, this.counters, new HeaderParser(), options);
    const message = this.#format.inline;
    if (message === undefined) return;
    const target = {
      message,
      room: this.#pool,
      separator: new Uint8Array(0),
      onFlows: (count: number) => (this.flows += count),
    };
    this.#producer.goStraight((shape, fill) => compileRun(target, shape, fill));
  }

  /** The messages, each in hexadecimal. */
  produce(packet: TemplatedPacket, datagram: Datagram): string[] {
    this.counters.values.fill(0);
    this.#producer.produce(packet, datagram, (flow) => {
      this.#format.write(flow, this.#pool.reserve(this.#format.bound(flow)));
      this.#pool.commit();
    });
    this.#pool.flush();
    return this.#messages.splice(0);
  }
}

/** The messages of a batch, each in hexadecimal. */
function octetsOf({ buffer, count }: Batch): string[] {
  const index = messageIndex({ buffer });
  return Array.from({ length: count }, (_, i) =>
    Buffer.from(buffer.subarray(messageEnd(index, i - 1), messageEnd(index, i))).toString('hex'),
  );
}
