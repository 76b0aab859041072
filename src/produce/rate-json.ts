import { objectOf, whole } from '../config/json-shape.ts';
import type { RateScope, ScopedRate } from './sampling.ts';

const TWO_32 = 2 ** 32;

/** Names of what a rate is for, in the file. */
const scopeNames = {
  sampler: 'samplerId',
  selector: 'selectorId',
  in_if: 'inputInterface',
  out_if: 'outputInterface',
} as const satisfies Record<string, keyof RateScope>;

/** A rate as it is written; undefined for one that no double holds, which no exporter has. */
export function rateToJson({ scope, rate }: ScopedRate): Record<string, number> | undefined {
  const value = rate.high * TWO_32 + rate.low;
  if (!Number.isSafeInteger(value)) return undefined;
  const json: Record<string, number> = {};
  for (const [name, member] of Object.entries(scopeNames)) {
    const id = scope[member];
    if (id !== undefined) json[name] = id;
  }
  return { ...json, rate: value };
}

/** @throws Error for what is not of this shape */
export function rateFromJson(entry: unknown): ScopedRate {
  const json = objectOf(entry);
  const value = whole(json, 'rate', Number.MAX_SAFE_INTEGER);
  if (value === 0) throw new Error('a rate of 0');
  const idOf = (name: keyof typeof scopeNames) =>
    json[name] === undefined ? undefined : whole(json, name, Number.MAX_SAFE_INTEGER);
  return {
    scope: {
      samplerId: idOf('sampler'),
      selectorId: idOf('selector'),
      inputInterface: idOf('in_if'),
      outputInterface: idOf('out_if'),
    },
    rate: { low: value % TWO_32, high: Math.floor(value / TWO_32) },
  };
}
