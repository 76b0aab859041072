import assert from 'node:assert/strict';
import { Collector } from './collector.ts';
import type { Arrival } from './collector.ts';
import { data } from './exporter.ts';
import type { Header, Wire } from './exporter.ts';
import type { Columns } from './flow-columns.ts';

/** A field of a record: `element/length` and its value in hexadecimal; with length `v` its length is put before it. */
export type FieldOfRecord = readonly [specifier: string, value: string];

export interface FlowOptions extends Header {
  readonly collector?: Collector;
  readonly arrival?: Arrival;
  readonly id?: number;
  /** More sets behind the data. */
  readonly more?: readonly Uint8Array[];
}

/** The octets of a record, in hexadecimal. */
export function recordOf(fields: readonly FieldOfRecord[]): string {
  return fields
    .map(([specifier, value]) => {
      const octets = value.replaceAll(' ', '');
      const length = octets.length / 2;
      if (!specifier.endsWith('/v')) return octets;
      const form = length < 255 ? length.toString(16).padStart(2, '0') : `ff${length.toString(16).padStart(4, '0')}`;
      return form + octets;
    })
    .join('');
}

/** The flow of one record with these fields, sent with its template. */
export function flowOf(wire: Wire, fields: readonly FieldOfRecord[], options: FlowOptions = {}): Columns {
  const { collector = new Collector(), arrival = {}, id = 256, more = [] } = options;
  const template = wire.template(id, ...fields.map(([specifier]) => specifier));
  const { failure, flows } = collector.send(
    wire.message([template, data(id, recordOf(fields)), ...more], options),
    arrival,
  );
  assert.equal(failure, undefined);
  assert.equal(flows.length, 1);
  return flows[0]!;
}
