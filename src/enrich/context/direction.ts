import { Boundary } from '../../flow/flow-context.ts';

/** Values of the key `direction` by number; 0 = not known. */
export const directionNames = ['', 'internal', 'inbound', 'outbound', 'transit'] as const;

/**
 * The direction of a flow by where it comes from and where it goes.
 *
 * @param from a value of `Boundary`, likewise `to`
 * @returns index of {@link directionNames}
 */
export function directionOf(from: number, to: number): number {
  if (from === Boundary.none || to === Boundary.none) return 0;
  return 1 + (from === Boundary.external ? 1 : 0) + (to === Boundary.external ? 2 : 0);
}
