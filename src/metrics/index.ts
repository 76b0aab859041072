/** Counters, the closed lists of reasons, and the books. */
export { Counters, counterTable } from './counters.ts';
export type { CounterName } from './counters.ts';
export { balance } from './accounting.ts';
export type { Balance } from './accounting.ts';
export type { DatagramDrop, Failure } from './reasons.ts';
