import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balance } from '#src/metrics/accounting.js';
import { Counters, counterIndex, counterTable } from '#src/metrics/counters.js';
import type { CounterName } from '#src/metrics/counters.js';

const nothing = { pendingSets: 0, flowsInFlight: 0 };
const imbalances = (counters: Counters, levels = nothing) =>
  Object.fromEntries(balance(counters, levels).map(({ identity, imbalance }) => [identity, imbalance]));

/** How each counter moves the identities: what came in adds to them, where it went takes from them. */
const effects: readonly (readonly [RegExp, Record<string, number>])[] = [
  [/^datagrams_received$/, { I2: 1 }],
  [/^datagrams_(decoded$|failed:|dropped:)/, { I2: -1 }],
  [/^sets_received$/, { I3: 1 }],
  [/^(sets_(template|options_template|data|options_data)|samples_(flow|counters|drop))$/, { I3: -1 }],
  [/^sets_skipped:/, { I3: -1 }],
  [/^records_decoded$/, { I4: 1 }],
  [/^(records_dropped:|raw_records$)/, { I4: -1 }],
  [/^raw_messages$/, { I4: 1 }],
  [/^flows_produced$/, { I4: -1, I5: 1 }],
  [/^flows_(delivered$|dropped:)/, { I5: -1 }],
];

test('the books balance when nothing came in', () => {
  assert.deepEqual(imbalances(new Counters()), { I2: 0, I3: 0, I4: 0, I5: 0 });
});

test('every counter of the books moves its identity by one, and no other', () => {
  for (const { name } of counterTable) {
    const counters = new Counters();
    counters.add(name as CounterName);
    const effect = effects.find(([pattern]) => pattern.test(name))?.[1] ?? {};
    assert.deepEqual(imbalances(counters), { I2: 0, I3: 0, I4: 0, I5: 0, ...effect }, name);
  }
});

test('what is on its way counts as there', () => {
  assert.deepEqual(imbalances(new Counters(), { pendingSets: 3, flowsInFlight: 0 }), { I2: 0, I3: -3, I4: 0, I5: 0 });
  assert.deepEqual(imbalances(new Counters(), { pendingSets: 0, flowsInFlight: 4 }), { I2: 0, I3: 0, I4: 0, I5: -4 });
});

test('totals add up one family alone', () => {
  const counters = new Counters();
  for (const { name } of counterTable) counters.add(name as CounterName, 2);
  const families = [
    'datagrams_failed',
    'datagrams_dropped',
    'sets_skipped',
    'records_dropped',
    'flows_dropped',
  ] as const;
  for (const family of families) {
    const members = counterTable.filter(({ name }) => name.startsWith(`${family}:`)).length;
    assert.equal(counters.total(family), 2 * members, family);
  }
});

test('a reason is noted once until somebody has read it; plain counters and nothing are not', () => {
  const counters = new Counters();
  counters.add('datagrams_received');
  counters.add('notices:trailing_bytes', 0);
  counters.add('notices:count_mismatch');
  counters.add('notices:count_mismatch', 5);
  assert.deepEqual(counters.noted, [counterIndex('notices:count_mismatch')]);
});

test('counters of several threads add up, and share their memory', () => {
  const one = new Counters();
  const other = new Counters(one.memory);
  other.add('flows_produced', 7);
  assert.equal(one.get('flows_produced'), 7);
  const sum = new Counters();
  sum.merge(one);
  sum.merge(other);
  assert.deepEqual(sum.snapshot(), { flows_produced: 14 });
});
