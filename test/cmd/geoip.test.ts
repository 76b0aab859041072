import { test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CollectorProcess, sendTo } from '../support/collector-process.ts';
import { v5Of } from '../support/context-collector.ts';
import { eventually } from '../support/eventually.ts';
import { asnMmdb, countryMmdb } from '../support/mmdb-writer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('the collector fills AS numbers and countries, and follows its databases', async (t) => {
  const folder = temporaryFolder(t);
  const [asn, country] = [join(folder, 'asn.mmdb'), join(folder, 'country.mmdb')];
  writeFileSync(asn, asnMmdb({ '10.0.0.0/8': 64500 }));
  writeFileSync(country, countryMmdb({ '10.0.0.0/8': 'DE' }));
  const flags = ['-listen=netflow://127.0.0.1:0', `-enrich.geoip.asn=${asn}`, `-enrich.geoip.country=${country}`];
  const collector = new CollectorProcess(t, flags);
  const [port] = await collector.ports();
  const next = async (): Promise<Record<string, unknown>> => {
    const before = collector.flowCount;
    await sendTo(port!, [v5Of([{ source: '10.0.0.1', destination: '192.0.2.1' }])]);
    await collector.until(() => collector.flowCount > before);
    return collector.flows.at(-1)!;
  };
  const first = await next();
  assert.deepEqual(
    [first['src_as'], first['dst_as'], first['src_country'], first['dst_country']],
    [64500, 0, 'DE', ''],
  );
  assert.deepEqual(Object.keys(first).slice(-2), ['src_country', 'dst_country']);
  writeFileSync(country, countryMmdb({ '192.0.2.0/24': 'FR' }));
  await collector.until(() => collector.log.filter(({ msg }) => msg === 'database in use').length === 3);
  // The thread takes it between two datagrams: one that was sent right away may have been before.
  let second = await next();
  await eventually(async () => (second = await next())['dst_country'] === 'FR');
  assert.deepEqual([second['src_as'], second['src_country']], [64500, '']);
  await collector.stop();
  assert.equal(collector.books['geoip_loads'], 3);
  assert.equal(collector.books['geoip_lookups'], 4 * collector.flowCount);
});

test('raw messages have no AS numbers and no countries: the log says which options change nothing', async (t) => {
  const folder = temporaryFolder(t);
  const asn = join(folder, 'asn.mmdb');
  writeFileSync(asn, asnMmdb({ '10.0.0.0/8': 64500 }));
  const flags = ['-listen=netflow://127.0.0.1:0', '-produce=raw', `-enrich.geoip.asn=${asn}`, '-produce.scale'];
  const collector = new CollectorProcess(t, flags);
  await collector.ports();
  const warning = 'raw messages are whole datagrams: what is asked for flows changes nothing';
  await collector.until(() => collector.log.some(({ msg }) => msg === warning));
  assert.equal(collector.log.find(({ msg }) => msg === warning)!['options'], 'enrich.geoip.asn,produce.scale');
  await collector.stop();
});
