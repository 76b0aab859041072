import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corpusFolder, skipWithoutCorpus } from '../../support/requirements.ts';
import { captures } from '../captures.ts';
import { rawExceptions, rules } from './exceptions.ts';
import type { RawException } from './exceptions.ts';
import { shownFields } from './fields.ts';
import { ourForm, tsharkForm } from './form.ts';
import { rawShows } from './ours.ts';
import type { RawEntry } from './ours.ts';
import { tsharkShows } from './tshark.ts';
import type { Shown } from './view.ts';

/** How many values were compared, and which fields differed how often, with an example each. */
class Differences {
  compared = 0;
  readonly different = new Map<string, number>();
  readonly examples: string[] = [];

  add(shown: readonly Shown[], ours: readonly RawEntry[], at: string): void {
    const taken = new Map<string, number>();
    for (const [field, text] of shown) {
      const known = shownFields.get(field);
      assert.ok(known, `tshark's field ${field} is in no table`);
      const nth = taken.get(field) ?? 0;
      taken.set(field, nth + 1);
      const { form, elements } = known;
      const name = (element: string) => (field.startsWith('record.') ? `record.${element}` : element);
      const found = ours.filter((each) => elements.some((element) => name(element) === each.name))[nth];
      const value = found && ourForm(form, found);
      const expected = tsharkForm(form, text);
      this.compared++;
      if (value === expected) continue;
      if (!this.different.has(field)) {
        this.examples.push(`${at} ${field}: tshark ${expected}, ours ${value ?? 'absent'}`);
      }
      this.different.set(field, (this.different.get(field) ?? 0) + 1);
    }
  }
}

async function compare(corpus: string, file: string): Promise<Differences> {
  const differences = new Differences();
  const ours = await rawShows(corpus, file);
  tsharkShows(corpus, file)?.forEach((shows, n) => {
    const own = ours[n]!;
    differences.add(shows.head, own.head, `${n}`);
    for (const kind of ['flows', 'options'] as const) {
      shows[kind].forEach((shown, i) => differences.add(shown, own[kind][i] ?? [], `${n} ${kind} ${i}`));
    }
  });
  return differences;
}

const corpus = corpusFolder();
const rows = corpus === undefined ? [] : captures(corpus);
const all = Object.values(rawExceptions).flat();
let compared = 0;
let equal = 0;

test('raw: every exception names a capture, and every rule is used', skipWithoutCorpus(), () => {
  const files = new Set(rows.map(({ file }) => file));
  assert.deepEqual(
    Object.keys(rawExceptions).filter((file) => !files.has(file)),
    [],
  );
  const used = new Set<string>(all.map(({ rule }) => rule));
  assert.deepEqual(
    Object.keys(rules).filter((rule) => !used.has(rule)),
    [],
  );
});

for (const { file } of rows) {
  test(`raw ${file}: every field that tshark shows by name has the same value`, async () => {
    const found = await compare(corpus!, file);
    const differing = [...found.different].map(([field, values]) => ({ field, values }));
    compared += found.compared;
    equal += found.compared - differing.reduce((sum, { values }) => sum + values, 0);
    const named = (rawExceptions[file] ?? []).map(({ field, values }: RawException) => ({ field, values }));
    const byField = (a: { field: string }, b: { field: string }) => (a.field < b.field ? -1 : 1);
    assert.deepEqual(differing.sort(byField), named.sort(byField), found.examples.join('\n'));
  });
}

test('raw: totals', skipWithoutCorpus(), (t) => {
  const share = ((100 * equal) / compared).toFixed(2);
  t.diagnostic(`${compared} values compared, ${equal} equal (${share} %), ${all.length} exceptions by name`);
  assert.ok(compared > 50_000, 'the corpus was compared');
  assert.ok(equal / compared >= 0.99);
});
