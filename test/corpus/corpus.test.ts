import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corpusFolder, skipWithoutCorpus } from '../support/requirements.ts';
import { captures, recordKinds } from './captures.ts';
import type { Capture } from './captures.ts';
import { Tally, aggregate, compareAsSets, compareInOrder } from './compare.ts';
import { exceptions, rules } from './exceptions.ts';
import type { Exception, Oracle } from './exceptions.ts';
import { nfdump, pmacct, tshark } from './oracles.ts';
import { ourView } from './ours.ts';
import type { OurView } from './ours.ts';

/** What the oracles and we differ in, the same form as the table of exceptions. */
type Difference = Omit<Exception, 'rule'>;

interface Comparison {
  readonly differences: Difference[];
  /** One example a difference, for people. */
  readonly examples: string[];
  readonly compared: number;
  readonly equal: number;
}

function countDifference(
  oracle: Oracle,
  kind: (typeof recordKinds)[number],
  theirs: number,
  ours: number,
): Difference[] {
  return theirs === ours ? [] : [{ oracle, field: `count of ${kind}`, values: theirs - ours }];
}

function compareCounts(corpus: string, { file, records }: Capture, ours: OurView): Difference[] {
  const flows = ours.counts.flow + ours.counts.sflow_flow;
  const kinds = (oracle: Oracle, counts: Capture['records'] | undefined) =>
    counts === undefined
      ? []
      : recordKinds.flatMap((kind) => countDifference(oracle, kind, counts[kind], ours.counts[kind]));
  return [
    ...kinds('manifest', records),
    ...kinds('tshark', tshark(corpus, file)?.counts),
    ...countDifference('nfdump', 'flow', nfdump(corpus, file)?.records ?? flows, flows),
    ...countDifference('pmacct', 'flow', pmacct(corpus, file)?.flows ?? flows, flows),
  ];
}

function compareValues(corpus: string, file: string, ours: OurView): [Oracle, Tally][] {
  const tallies: Record<'tshark' | 'nfdump' | 'pmacct', Tally> = {
    tshark: new Tally(),
    nfdump: new Tally(),
    pmacct: new Tally(),
  };
  compareInOrder(tshark(corpus, file)?.datagrams ?? [], ours.datagrams, tallies.tshark);
  const all = [...ours.datagrams.flat(), ...ours.held];
  compareAsSets(nfdump(corpus, file)?.flows ?? [], all, tallies.nfdump);
  const sums = pmacct(corpus, file);
  if (sums?.complete === true) {
    compareAsSets(aggregate(sums.aggregates.map(({ values }) => values)), aggregate(all), tallies.pmacct);
  } else if (sums !== undefined) {
    const single = sums.aggregates.filter(({ flows }) => flows === 1);
    compareAsSets(
      single.map(({ values }) => values),
      all,
      tallies.pmacct,
    );
  }
  return Object.entries(tallies) as [Oracle, Tally][];
}

async function compare(corpus: string, capture: Capture): Promise<Comparison> {
  const ours = await ourView(corpus, capture.file);
  const differences = compareCounts(corpus, capture, ours);
  const examples: string[] = [];
  let compared = 0;
  let equal = 0;
  for (const [oracle, tally] of compareValues(corpus, capture.file, ours)) {
    compared += tally.compared;
    equal += tally.equal;
    for (const [field, values] of tally.different) {
      differences.push({ oracle, field, values });
      examples.push(`${oracle} ${tally.examples.get(field)}`);
    }
  }
  return { differences, examples, compared, equal };
}

const corpus = corpusFolder();
const rows = corpus === undefined ? [] : captures(corpus);
const bySubject = (a: Difference, b: Difference) => (a.oracle + a.field < b.oracle + b.field ? -1 : 1);
let compared = 0;
let equal = 0;

const allExceptions = Object.values(exceptions).flat();

test('every exception names a capture, and every rule is used', skipWithoutCorpus(), () => {
  const files = new Set(rows.map(({ file }) => file));
  assert.deepEqual(
    Object.keys(exceptions).filter((file) => !files.has(file)),
    [],
  );
  const used = new Set<string>(allExceptions.map(({ rule }) => rule));
  assert.deepEqual(
    Object.keys(rules).filter((rule) => !used.has(rule)),
    [],
  );
});

for (const capture of rows) {
  test(`corpus ${capture.file}: counts and values agree with the independent decoders`, async () => {
    const found = await compare(corpus!, capture);
    compared += found.compared;
    equal += found.equal;
    const named = exceptions[capture.file] ?? [];
    const expected = named.map(({ oracle, field, values }): Difference => ({ oracle, field, values }));
    assert.deepEqual(found.differences.sort(bySubject), expected.sort(bySubject), found.examples.join('\n'));
    const outvoted = named.filter(({ rule }) => rule === 'outvoted').map(({ field }) => field);
    assert.deepEqual(outvoted, [...new Set(outvoted)], 'one oracle against the others');
  });
}

test('corpus: totals', skipWithoutCorpus(), (t) => {
  const excepted = allExceptions
    .filter(({ field }) => !field.startsWith('count of '))
    .reduce((sum, { values }) => sum + values, 0);
  const share = ((100 * equal) / compared).toFixed(2);
  t.diagnostic(
    `${rows.length} captures: ${compared} values compared, ${equal} equal (${share} %), ${excepted} excepted by name`,
  );
  assert.ok(compared > 50_000, 'the corpus was compared');
  assert.ok(equal / (compared - excepted) >= 0.99);
});
