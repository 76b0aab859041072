import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examine } from '../../fuzz/examine.ts';
import { storedFindings } from '../../fuzz/finding.ts';
import { Generator } from '../../fuzz/generator.ts';
import { Random } from '../../fuzz/random.ts';
import { targets } from '../../fuzz/parts.ts';
import { loadSeeds } from '../../fuzz/seeds.ts';

/** A planted fault has to be found quickly: tools/seeded-faults.mjs asks for fewer. */
const INPUTS = Number(process.env['GOFLOW2PLUS_FUZZ_INPUTS'] ?? 20_000);
const seeds = await loadSeeds();

for (const target of targets) {
  test(`S-01 ${target}: seeds and ${INPUTS} hostile inputs keep every promise`, () => {
    const generator = new Generator(new Random(2), seeds[target]);
    let inputs = 0;
    let past = 0;
    const take = (session: readonly Uint8Array[], thorough: boolean) => {
      const result = examine(target, session, thorough);
      if (result.broken !== undefined) assert.fail(result.broken);
      inputs += result.inputs;
      past += result.past;
    };
    for (const session of seeds[target]) take(session, true);
    for (let round = 0; inputs < INPUTS; round++) take(generator.next(), round % 16 === 0);
    assert.ok(past / inputs > 0.3, `${past} of ${inputs} got past the header check`);
  });
}

for (const { name, finding } of storedFindings()) {
  test(`S-01 ${name}: ${finding.what.split('\n')[0]}`, () => {
    assert.equal(examine(finding.target, finding.session, true).broken, undefined);
  });
}
