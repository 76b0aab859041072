import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Enricher } from '../enrich/enricher.ts';
import { formats } from '../format/formats.ts';
import { forSampleFlows } from './flows.ts';
import { writtenBy } from './format.ts';

/** The examination of enrichers: what `src/enrich/enricher.ts` promises. */
export function testEnricher(name: string, make: () => Enricher): void {
  describe(`the contract of enrichers: ${name}`, () => {
    test('it takes every flow, and two of them do the same', () => {
      const format = formats.get('bin')!({ context: true });
      const results = [make(), make()].map((enricher) => {
        const written: Uint8Array[] = [];
        forSampleFlows((flow) => {
          enricher.enrich(flow);
          written.push(writtenBy(format, flow));
        });
        return written;
      });
      assert.ok(results[0]!.length > 100);
      assert.deepEqual(results[0], results[1]);
    });
  });
}
