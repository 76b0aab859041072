import type { Contestant } from './contestant.ts';
import { inputs } from './input.ts';
import type { InputName } from './input.ts';
import { naiveJson, naiveProtobuf } from './naive.ts';
import { ours } from './ours.ts';

/** Who takes part in races, by name. */
export const kinds = {
  'compiled, bin': (input) => ours(input, { format: 'bin', codegen: true }),
  'compiled, json': (input) => ours(input, { format: 'json', codegen: true }),
  'interpreted, bin': (input) => ours(input, { format: 'bin', codegen: false }),
  'interpreted, json': (input) => ours(input, { format: 'json', codegen: false }),
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
