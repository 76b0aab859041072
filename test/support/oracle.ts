/** What holds after every fault and attack: the books balance, a fresh datagram gets through, memory was within its bound. */
import assert from 'node:assert/strict';
import { balance } from '#src/metrics/accounting.js';
import { Counters, counterTable } from '#src/metrics/counters.js';
import type { CounterName } from '#src/metrics/counters.js';
import { sendTo } from './collector-process.ts';
import type { CollectorProcess } from './collector-process.ts';
import { assertMemory } from './memory-peak.ts';
import { v5 } from './numbered-flows.ts';
import { isDrained } from './udp-queue.ts';

/** The books that a collector told of at its end hold: I1, of what was sent to its socket, and I2 to I5. */
export function checkBooks({ books, stderr }: CollectorProcess, sent: number): void {
  assert.equal((books['datagrams_received'] ?? 0) + (books['kernel_drops'] ?? 0), sent, 'I1');
  const counters = new Counters();
  for (const { name } of counterTable) counters.add(name as CounterName, books[name] ?? 0);
  const wrong = balance(counters, { pendingSets: 0, flowsInFlight: 0 }).filter(({ imbalance }) => imbalance !== 0);
  assert.deepEqual(wrong, []);
  assert.ok(!stderr.includes('do not balance'));
}

/** Ends a collector that has got so many datagrams: it goes in good order, with its books. Returns them. */
export async function endsWell(collector: CollectorProcess, sent: number): Promise<Record<string, number>> {
  assertMemory(collector);
  assert.deepEqual(await collector.stop(), { code: 0, signal: null });
  checkBooks(collector, sent);
  return collector.books;
}

/**
 * Sends one more datagram, `v5(sent)`, behind those that a collector has got, and ends it: the books have the thirty
 * flows of it, where nothing was lost. Returns them.
 */
export async function takesOneMore(
  collector: CollectorProcess,
  port: number,
  sent: number,
): Promise<Record<string, number>> {
  await sendTo(port, [v5(sent)]);
  await collector.until(() => isDrained(port));
  return endsWell(collector, sent + 1);
}
