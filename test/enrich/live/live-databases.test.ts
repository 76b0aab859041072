import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GeoIpEnricher } from '#src/enrich/geoip/geoip-enricher.js';
import type { GeoIpTables } from '#src/enrich/geoip/geoip-enricher.js';
import { LiveDatabases } from '#src/enrich/live/live-databases.js';
import { slotOf } from '#src/flow/fields.js';
import { loggerTo } from '#src/log/logger.js';
import type { LogLine } from '#src/log/logger.js';
import { Counters } from '#src/metrics/counters.js';
import { flowWith } from '../../support/context.ts';
import { eventually } from '../../support/eventually.ts';
import { asnMmdb, countryMmdb } from '../../support/mmdb-writer.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Databases of a folder, with what they tell of themselves. */
class Followed {
  readonly counters = new Counters();
  readonly lines: LogLine[] = [];
  readonly databases: LiveDatabases;
  readonly asn: string;
  changes = 0;
  #tables: GeoIpTables | undefined;

  constructor(t: TestContext) {
    this.asn = join(temporaryFolder(t), 'asn.mmdb');
    this.databases = new LiveDatabases(
      { asn: this.asn, country: '' },
      {
        counters: this.counters,
        log: loggerTo((line) => this.lines.push(line)),
        onTables: (tables) => {
          this.changes++;
          this.#tables = tables;
        },
      },
    );
    t.after(() => this.databases.stop());
  }

  /** AS number of 10.0.0.1 by the tables that were handed on last. */
  get number(): number {
    const flow = flowWith({ src_addr: '10.0.0.1' });
    new GeoIpEnricher(this.#tables ?? this.databases.tables, 'always', new Counters()).enrich(flow);
    return flow.words[slotOf('src_as')]!;
  }

  async becomes(number: number): Promise<void> {
    await eventually(
      () => this.number === number,
      () => `${this.number}: ${JSON.stringify(this.lines)}`,
    );
  }

  /** Waits for another refusal that says so; the table stays. */
  async refuses(pattern: RegExp, stays: number): Promise<void> {
    const refused = () =>
      this.lines.filter(({ level, fields }) => level === 'error' && pattern.test(String(fields?.['error'])));
    await eventually(
      () => refused().length > 0,
      () => JSON.stringify(this.lines),
    );
    assert.equal(this.number, stays);
  }
}

test('F-25 a database that is swapped is taken into use; one that is corrupt, cut, of another type or gone is not', async (t) => {
  const followed = new Followed(t);
  const { asn, databases, counters } = followed;
  writeFileSync(asn, asnMmdb({ '10.0.0.0/8': 1 }));
  await databases.start();
  assert.equal(followed.number, 1);
  writeFileSync(`${asn}.new`, asnMmdb({ '10.0.0.0/8': 2 }));
  renameSync(`${asn}.new`, asn);
  await followed.becomes(2);
  truncateSync(asn, 100);
  await followed.refuses(/no MaxMind DB/, 2);
  const corrupt = asnMmdb({ '10.0.0.0/8': 3 });
  corrupt.fill(0xff, 0, 60);
  writeFileSync(asn, corrupt);
  await followed.refuses(/damaged at octet/, 2);
  writeFileSync(asn, countryMmdb({ '10.0.0.0/8': 'DE' }));
  await followed.refuses(/no record has autonomous_system_number/, 2);
  rmSync(asn);
  await followed.refuses(/ENOENT/, 2);
  assert.equal(followed.changes, 1);
  writeFileSync(asn, asnMmdb({ '10.0.0.0/8': 4 }));
  await followed.becomes(4);
  assert.equal(counters.get('geoip_loads'), 3);
  assert.ok(counters.get('geoip_errors') >= 4);
  assert.equal(counters.get('geoip_errors'), counters.get('reload_failures'));
  await databases.reload();
  assert.equal(counters.get('geoip_loads'), 4, 'SIGHUP reads a file that has not changed');
});

test('a database that cannot be used at the start ends it', async (t) => {
  const followed = new Followed(t);
  await assert.rejects(followed.databases.start(), { code: 'GF_GEOIP_FILE', message: /asn\.mmdb: ENOENT/ });
});
