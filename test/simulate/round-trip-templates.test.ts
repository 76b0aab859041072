import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeIpfix } from '#src/simulate/ipfix.js';
import { encodeNetFlowV9 } from '#src/simulate/netflow-v9.js';
import { encodeOptionsTemplateSet, encodeSet, encodeTemplateSet } from '#src/simulate/sets.js';
import { encodeDataRecord } from '#src/simulate/templates.js';
import type { RecordValue, TemplatedVersion } from '#src/simulate/templates.js';
import { filledTemplates, minimumLength } from '../support/arbitrary-template.ts';
import type { FilledTemplate } from '../support/arbitrary-template.ts';
import { u32 } from '../support/arbitraries.ts';
import { Collector } from '../support/collector.ts';

const header = fc.record({ exportSeconds: u32, sequence: u32, domain: u32, sysUptimeMs: u32 });
type Header = typeof header extends fc.Arbitrary<infer T> ? T : never;

function message(version: TemplatedVersion, of: Header, count: number, sets: readonly Uint8Array[]): Uint8Array {
  if (version === 10) return encodeIpfix(of, sets);
  const { exportSeconds: unixSeconds, domain: sourceId, sequence, sysUptimeMs } = of;
  return encodeNetFlowV9({ unixSeconds, sourceId, sequence, sysUptimeMs, count }, sets);
}

const isOptions = ({ scopes }: FilledTemplate) => scopes.length > 0;

function templateSet(version: TemplatedVersion, template: FilledTemplate): Uint8Array {
  return isOptions(template)
    ? encodeOptionsTemplateSet(version, [template])
    : encodeTemplateSet(version, [template], { align: 4 });
}

/** A data set, padded by less than a record. */
function dataSet(template: FilledTemplate, padding: number): Uint8Array {
  const all = [...template.scopes, ...template.fields];
  const records = template.records.map((values) => encodeDataRecord(all, values));
  return encodeSet(template.id, records, { padding: new Uint8Array(padding % minimumLength(all)) });
}

const text = (value: RecordValue) => Buffer.from(value instanceof Uint8Array ? value : value.octets).toString('hex');

for (const version of [9, 10] as const) {
  const name = version === 9 ? 'NetFlow v9' : 'IPFIX';
  const inputs = [filledTemplates(version), header, fc.nat(7), fc.constantFrom('before', 'same', 'after')] as const;

  test(`every template and record of ${name} comes back as it was, wherever the templates are`, () => {
    fc.assert(
      fc.property(...inputs, (templates, of, padding, place) => {
        const collector = new Collector();
        const definitions = templates.map((template) => templateSet(version, template));
        const data = templates.map((template) => dataSet(template, padding));
        const records = templates.reduce((sum, template) => sum + template.records.length, 0);
        const [alone, filled] = [
          message(version, of, templates.length, definitions),
          message(version, of, records, data),
        ];
        const datagrams = {
          before: [alone, filled],
          same: [message(version, of, templates.length + records, [...definitions, ...data])],
          after: [filled, alone],
        }[place];
        const seen = datagrams.map((datagram) => collector.send(datagram));
        assert.deepEqual(
          seen.map(({ failure }) => failure),
          datagrams.map(() => undefined),
        );

        const sets = seen.flatMap(({ packets }) => packets).flatMap((packet) => packet.sets);
        const filledSets = sets.filter(({ kind }) => kind === 'data' || kind === 'options_data');
        // data that waited for its template may come in another order
        const byId = new Map(filledSets.map((set) => [set.id, set]));
        assert.equal(filledSets.length, templates.length);
        for (const template of templates) {
          const set = byId.get(template.id)!;
          assert.equal(set.kind, isOptions(template) ? 'options_data' : 'data');
          assert.deepEqual(
            set.records,
            template.records.map((values) => values.map(text)),
          );
        }
        assert.equal(collector.count('records_decoded'), records);
        assert.equal(collector.count('notices:trailing_bytes'), 0);
        assert.equal(collector.count('notices:count_mismatch'), 0);
        for (const { packets } of seen) {
          for (const packet of packets) {
            assert.deepEqual(
              [packet.domain, packet.sequence, packet.exportSeconds],
              [of.domain, of.sequence, of.exportSeconds],
            );
          }
        }
      }),
      { numRuns: 300 },
    );
  });
}
