import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { columns } from '#src/flow/fields.js';
import { LocalClickHouse, skipWithoutClickHouse, statementsOf } from '../support/clickhouse.ts';
import { readStream } from '../support/nats-server.ts';
import { ncgFolder, queriesTo, startNcg } from '../support/ncg-pipeline.ts';
import { root, skipUnless, skipWithout } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const createSql = readFileSync(join(ncgFolder, 'clickhouse/create.sql'), 'utf8');
const natsSettings = /ENGINE = NATS SETTINGS([^;]*)/;

/** The macros of Grafana's data source of ClickHouse that the dashboards use, for the last hour in steps of a minute. */
function withoutMacros(sql: string): string {
  const plain = sql
    .replaceAll(/\$__timeFilter\((\w+)\)/g, '($1 >= now() - INTERVAL 1 HOUR AND $1 <= now())')
    .replaceAll(/\$__timeInterval\((\w+)\)/g, 'toStartOfInterval(toDateTime($1), INTERVAL 60 second)')
    .replaceAll('$__interval_s', '60');
  assert.doesNotMatch(plain, /\$/, 'no other macro');
  return plain;
}

/** A ClickHouse with all of create.sql, but what it reads from outside: the stream, and the file of protocols. */
function clickhouse(t: TestContext): LocalClickHouse {
  const engine = new LocalClickHouse(t);
  engine.run('CREATE DATABASE csv');
  const csv = join(ncgFolder, 'clickhouse/protocols.csv');
  engine.run(`CREATE TABLE csv.protocols ENGINE = MergeTree ORDER BY proto AS
    SELECT * FROM file('${csv}', 'CSVWithNames', 'proto UInt64, name String, description String')`);
  const [stream, file] = [natsSettings, /SOURCE\(FILE\(.*\)\)/];
  assert.match(createSql, stream);
  assert.match(createSql, file);
  const sql = createSql
    .replace(stream, 'ENGINE = Null')
    .replace(file, "SOURCE(CLICKHOUSE(DB 'csv' TABLE 'protocols'))");
  for (const statement of statementsOf(sql)) engine.run(statement);
  return engine;
}

/** The collector's part as the compose file has it, with servers of this machine: what the stream holds then. */
async function streamOf(t: TestContext): Promise<Buffer> {
  const { server, collector, printed, generate } = await startNcg(t);
  const expected = natsSettings.exec(createSql)![1]!.replace('nats:4222', `127.0.0.1:${server.port}`);
  assert.equal(natsSettings.exec(printed)?.[1], expected, 'create.sql has the settings that nats init prints');
  await generate('-demo.duration=3s').finished();
  assert.equal((await collector.stop()).code, 0);

  const messages = await readStream(await server.client(t), 'flows');
  const flows = messages.reduce((sum, { count }) => sum + count, 0);
  assert.equal(flows, collector.books['flows_delivered']);
  assert.ok(flows > 50, `${flows} flows`);
  return Buffer.concat(messages.map(({ data }) => data));
}

test('compose/ncg: create.sql has every column of a flow, in the stream and in the raw table', () => {
  for (const table of ['flows', 'flows_raw']) {
    const [, body] = new RegExp(`CREATE TABLE IF NOT EXISTS ${table}\\n\\(\\n([^]*?)\\n\\)\\n`).exec(createSql)!;
    const names = [...body!.matchAll(/^ {4}(\w+) /gm)].map(([, name]) => name);
    assert.deepEqual(
      names.filter((name) => !['date', 'time_inserted_ns'].includes(name!)),
      [...columns.map(({ name }) => name), 'context'],
      table,
    );
  }
});

test(
  'compose/ncg: flows of its own simulators through its own flags, its stream, its tables, into every panel',
  skipUnless(skipWithout('nats-server'), skipWithoutClickHouse()),
  async (t) => {
    const engine = clickhouse(t);
    const file = join(temporaryFolder(t), 'flows.bin');
    const bytes = await streamOf(t);
    writeFileSync(file, bytes);
    const schema = `${join(root, 'pb/flow.proto')}:FlowMessage`;
    engine.run(
      `INSERT INTO flows SETTINGS format_schema = '${schema}' SELECT * FROM file('${file}', 'Protobuf') SETTINGS format_schema = '${schema}'`,
    );

    await t.test('every flow is in every table', () => {
      const [raw] = engine.rows(
        `SELECT count() AS count, sum(greatest(sampling_rate, 1) * bytes) AS bytes FROM flows_raw`,
      );
      assert.ok(Number(raw!['count']) > 50);
      for (const table of ['flows_1m', 'flows_5m']) {
        const [sum] = engine.rows(`SELECT sum(t.count) AS count, sum(t.bytes) AS bytes FROM ${table} AS t`);
        assert.deepEqual(sum, raw, table);
      }
    });

    await t.test('flow_view shows addresses and protocols as text, and what was sampled at its full size', () => {
      const seen = engine.rows(`SELECT DISTINCT type, sampling_rate, scaled_bytes = bytes * sampling_rate AS scaled,
        match(src_addr, if(etype = 0x0800, '^(10|203)\\\\.[0-9.]+$', '^2001:db8:')) AS text FROM flow_view ORDER BY type`);
      assert.deepEqual(
        seen.map(({ type, sampling_rate, scaled, text }) => [type, Number(sampling_rate), scaled, text]),
        [
          ['IPFIX', 2048, 1, 1],
          ['NETFLOW_V5', 100, 1, 1],
          ['NETFLOW_V9', 1000, 1, 1],
          ['SFLOW_5', 4096, 1, 1],
        ],
      );
      const names = engine.rows(
        'SELECT DISTINCT proto, proto_name AS name FROM flow_view WHERE proto IN (6, 17) ORDER BY proto',
      );
      assert.deepEqual(names, [
        { proto: 6, name: 'TCP' },
        { proto: 17, name: 'UDP' },
      ]);
      const [none] = engine.rows(
        `SELECT addressText(addressOf('')) AS none, addressText(addressOf(unhex('C0000201'))) AS v4`,
      );
      assert.deepEqual(none, { none: '', v4: '192.0.2.1' });
    });

    for (const { at, text } of queriesTo('clickhouse')) {
      await t.test(at, () => {
        const rows = engine.rows(withoutMacros(text));
        assert.ok(rows.length > 0, 'it shows something');
        const measure = ['bps', 'bytes'].find((name) => name in rows[0]!);
        assert.ok(
          rows.every((row) => Number(row[measure!]) > 0),
          JSON.stringify(rows[0]),
        );
      });
    }
  },
);

test('compose/ncg: every metric that the dashboards ask for is one of docs/metrics.md', () => {
  const page = readFileSync(join(root, 'docs/metrics.md'), 'utf8');
  const known = new Set([...page.matchAll(/`(goflow2(?:plus)?_\w+)`/g)].map(([, name]) => name));
  const queries = queriesTo('prometheus');
  assert.ok(queries.length > 20);
  for (const { at, text } of queries) {
    const names = [...text.matchAll(/\bgoflow2(?:plus)?_\w+/g)].map(([name]) => name.replace(/_bucket$/, ''));
    assert.ok(names.length > 0, at);
    for (const name of names) assert.ok(known.has(name), `${at}: ${name}`);
  }
});
