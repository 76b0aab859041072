import { test } from 'node:test';
import assert from 'node:assert/strict';
import { fromBinary } from '@bufbuild/protobuf';
import { attributes } from '#src/enrich/geoip/attribute.js';
import { compileTable } from '#src/enrich/geoip/compile-table.js';
import { GeoIpEnricher } from '#src/enrich/geoip/geoip-enricher.js';
import type { AsnOverwrite } from '#src/enrich/geoip/geoip-enricher.js';
import { MmdbFile } from '#src/enrich/geoip/mmdb-file.js';
import { codeText } from '#src/flow/code-text.js';
import { countryColumns, slotOf } from '#src/flow/fields.js';
import type { FlowRecord } from '#src/flow/flow-record.js';
import { ByteWriter } from '#src/format/byte-writer.js';
import { formats } from '#src/format/formats.js';
import { defaultColumns } from '#src/format/output-column.js';
import { Counters } from '#src/metrics/counters.js';
import { FlowMessageSchema } from '../../gen/flow_pb.js';
import { flowWith } from '../../support/context.ts';
import { asnMmdb, countryMmdb } from '../../support/mmdb-writer.ts';

const asn = compileTable(new MmdbFile(asnMmdb({ '10.0.0.0/8': 4_200_000_001 })), attributes.asn);
const country = compileTable(
  new MmdbFile(countryMmdb({ '10.0.0.0/8': 'DE', '2001:db8::/32': 'US' })),
  attributes.country,
);

function numbers(overwrite: AsnOverwrite, from: number, to: number): readonly number[] {
  const flow = flowWith({ src_addr: '10.0.0.1', dst_addr: '11.0.0.1', src_as: from, dst_as: to });
  new GeoIpEnricher({ asn, country: undefined }, overwrite, new Counters()).enrich(flow);
  return [flow.words[slotOf('src_as')]!, flow.words[slotOf('dst_as')]!];
}

test('D-25 which AS numbers the database replaces', () => {
  assert.deepEqual(numbers('found', 1, 2), [4_200_000_001, 2]);
  assert.deepEqual(numbers('missing', 1, 2), [1, 2]);
  assert.deepEqual(numbers('missing', 0, 0), [4_200_000_001, 0]);
  assert.deepEqual(numbers('always', 1, 2), [4_200_000_001, 0]);
});

test('a flow without addresses stays as it is; lookups and hits are counted', () => {
  const counters = new Counters();
  const enricher = new GeoIpEnricher({ asn, country }, 'always', counters);
  const flow = flowWith({ src_as: 7 });
  enricher.enrich(flow);
  assert.equal(flow.words[slotOf('src_as')], 7);
  enricher.enrich(flowWith({ src_addr: '10.0.0.1', dst_addr: '2001:db8::1' }));
  assert.deepEqual(counters.snapshot(), { geoip_lookups: 4, geoip_hits: 3 });
});

const countries = (flow: FlowRecord) =>
  ['src_country', 'dst_country'].map((name) => codeText(flow.words[slotOf(name as 'src_country')]!));

for (const codegen of [true, false]) {
  test(`countries in each format, ${codegen ? 'compiled' : 'interpreted'}`, () => {
    const flow = flowWith({ src_addr: '10.0.0.1', dst_addr: '2001:db8::1' });
    new GeoIpEnricher({ asn: undefined, country }, 'found', new Counters()).enrich(flow);
    assert.deepEqual(countries(flow), ['DE', 'US']);
    const written = (name: string) => {
      const format = formats.get(name)!({ codegen, columns: defaultColumns(countryColumns) });
      const out = new ByteWriter(new Uint8Array(format.bound(flow)));
      format.write(flow, out);
      return out.bytes.subarray(0, out.pos);
    };
    const row = JSON.parse(Buffer.from(written('json')).toString()) as Record<string, unknown>;
    assert.deepEqual(Object.entries(row).slice(-2), [
      ['src_country', 'DE'],
      ['dst_country', 'US'],
    ]);
    assert.match(Buffer.from(written('text')).toString(), / src_country=DE dst_country=US$/);
    const fields = fromBinary(FlowMessageSchema, written('bin').subarray(1)).$unknown!;
    assert.deepEqual(
      fields.map(({ no, data }) => [no, Buffer.from(data).toString()]),
      [
        [1000, '\u0002DE'],
        [1001, '\u0002US'],
      ],
    );
    flow.words[slotOf('src_country')] = 0;
    assert.match(Buffer.from(written('text')).toString(), / src_country= dst_country=US$/);
  });
}
