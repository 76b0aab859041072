import { loadLibc } from '#src/listen/libc.js';
import { inFull } from './extent.ts';
import type { SkipOption } from './requirements.ts';

/** A way in which the chain can work: each has to give the same flows and the same books. */
export interface Environment {
  /** recvmmsg through koffi, or node:dgram. */
  readonly receive: 'mmsg' | 'dgram';
  /** Whether templates and formats are compiled, or interpreted. */
  readonly codegen: boolean;
  readonly workers: 1 | 4;
}

/** Any two choices meet in one of them. */
const pairwise: readonly Environment[] = [
  { receive: 'mmsg', codegen: true, workers: 1 },
  { receive: 'mmsg', codegen: false, workers: 4 },
  { receive: 'dgram', codegen: true, workers: 4 },
  { receive: 'dgram', codegen: false, workers: 1 },
];

/** The other half of all eight. */
const remaining: readonly Environment[] = pairwise.map(({ receive, codegen, workers }) => {
  return { receive, codegen: !codegen, workers };
});

/** Those that tests work in: all eight in full. */
export const environments: readonly Environment[] = inFull ? [...pairwise, ...remaining] : pairwise;

/** Arguments of a collector that listens for all protocols there; `query` has more of the listen URI. */
export function argumentsFor({ receive, codegen, workers }: Environment, query = ''): string[] {
  const listen = `flow://127.0.0.1:0?receive=${receive}&workers=${workers}${query}`;
  return ['-listen', listen, `-produce.codegen=${codegen}`];
}

/** For the names of tests. */
export function environmentName({ receive, codegen, workers }: Environment): string {
  return `${receive}, ${codegen ? 'compiled' : 'interpreted'}, ${workers} ${workers === 1 ? 'worker' : 'workers'}`;
}

const hasLibc = await loadLibc().then(
  () => true,
  () => false,
);

/** Skips a test where a machine cannot work so. */
export function skipIn({ receive }: Environment): SkipOption {
  return { skip: receive === 'mmsg' && !hasLibc && 'batch receive is not possible on this machine' };
}
