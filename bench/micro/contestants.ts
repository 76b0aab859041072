import { columns } from '#src/flow/fields.js';
import type { Contestant } from './contestant.ts';
import { inputs } from './input.ts';
import type { InputName } from './input.ts';
import { naiveJson, naiveProtobuf } from './naive.ts';
import { ours } from './ours.ts';

/** Four conditions, all of which every flow has to be asked for. */
const filter =
  'bytes > 0 && proto in ["TCP", "UDP", "ICMP"] && dst_port != 65535 && !inNet(src_addr, ["100.64.0.0/10", "fd00::/8"])';

/** Elements of the template that become fields of a user: of 1 to 4 octets. */
const mapped = [1, 2, 4, 5, 6, 7, 10, 11, 14, 61];

/** A mapping file with ten of them, in JSON and text behind all columns. */
const tenFields = JSON.stringify({
  formatter: {
    fields: [...columns.map(({ name }) => name), ...mapped.map((id) => `field_${id}`)],
    protobuf: mapped.map((id) => ({ name: `field_${id}`, index: 1000 + id, type: 'varint' })),
  },
  netflowv9: { mapping: mapped.map((field) => ({ field, destination: `field_${field}` })) },
});

/** Who takes part in races, by name. */
export const kinds = {
  'compiled, bin': (input) => ours(input, { format: 'bin', codegen: true }),
  'compiled, json': (input) => ours(input, { format: 'json', codegen: true }),
  'compiled, bin, 10 fields more': (input) => ours(input, { format: 'bin', codegen: true, mapping: tenFields }),
  'compiled, json, 10 fields more': (input) => ours(input, { format: 'json', codegen: true, mapping: tenFields }),
  'interpreted, bin': (input) => ours(input, { format: 'bin', codegen: false }),
  'interpreted, json': (input) => ours(input, { format: 'json', codegen: false }),
  'compiled, bin, filter': (input) => ours(input, { format: 'bin', codegen: true, filter }),
  'context looked up, bin': (input) => ours(input, { format: 'bin', codegen: true, context: 'looked up' }),
  'the same context, bin': (input) => ours(input, { format: 'bin', codegen: true, context: 'the same for all' }),
  'objects, protobufjs': naiveProtobuf,
  'objects, JSON.stringify': naiveJson,
} satisfies Record<string, (input: ReturnType<(typeof inputs)[InputName]>) => Contestant>;

export type Kind = keyof typeof kinds;

/** One who takes part in a race, and with what. */
export interface Entry {
  readonly kind: Kind;
  readonly input: InputName;
}

export function build({ kind, input }: Entry, seed: number): Contestant {
  return kinds[kind](inputs[input](seed));
}
