import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ChildProgram } from './child-program.ts';

/** the most memory that a collector has in any test of a fault or an attack. */
export const MAX_RESIDENT_KB = 512 * 1024;

/** Most memory that a program has had so far, in kilobytes; Linux only. */
export function peakKB({ child }: ChildProgram): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'latin1'))![1]);
}

/** it never had more memory than any collector may. */
export function assertMemory(program: ChildProgram): void {
  const peak = peakKB(program);
  assert.ok(peak <= MAX_RESIDENT_KB, `R-08 ${peak} kB`);
}
