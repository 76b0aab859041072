/** The dashboards' queries to Prometheus: a real one scrapes the collector of compose/ncg while its simulators send. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { metricTable } from '#src/http/metrics/exposition.js';
import { ncgFolder, queriesTo, startNcg } from '../support/ncg-pipeline.ts';
import { Prometheus } from '../support/prometheus.ts';
import { skipUnless, skipWithout } from '../support/requirements.ts';

/** Metrics that have a series only after something went wrong, which nothing does here. */
const ofFaults =
  /^goflow2_flow_(decoder_error|process_nf_errors)_total$|^goflow2plus_exporter_(sequence_\w+|sflow_drops)_total$/;

const metricsOf = (query: string) =>
  [...query.matchAll(/\bgoflow2(?:plus)?_\w+/g)].map(([name]) => name.replace(/_bucket$/, ''));

/** Data within two minutes of `docker compose up` is what compose/ncg promises; the collector's part has this of it. */
const MOST_MS = 60_000;

test('compose/ncg: labels that the dashboards group by and choose are labels of the metric', () => {
  const known = new Map(metricTable.map(({ name, labels }) => [name, labels]));
  let checked = 0;
  for (const { at, text } of queriesTo('prometheus')) {
    const groups = [...text.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(/,\s*/));
    const chosen = [...text.matchAll(/\{([^}]*)\}/g)].flatMap(([, list]) =>
      list!.split(',').map((part) => part.split(/[=!]/)[0]!.trim()),
    );
    for (const name of metricsOf(text)) {
      const labels = known.get(name);
      for (const label of [...groups, ...chosen]) {
        assert.ok([...(labels ?? []), 'le', 'quantile'].includes(label), `${at}: ${name} has no label ${label}`);
        checked++;
      }
    }
  }
  assert.ok(checked > 10, `${checked} labels`);
});

test(
  'compose/ncg: a real Prometheus answers every query of the dashboards, with something in it soon',
  skipUnless(skipWithout('prometheus'), skipWithout('nats-server')),
  async (t) => {
    const { collector, generate } = await startNcg(t, '-addr=127.0.0.1:0');
    const port = collector.log.find(({ msg }) => msg === 'starting HTTP server')!['port'] as number;
    const config = readFileSync(join(ncgFolder, 'prometheus/prometheus.yml'), 'utf8');
    assert.match(config, /targets: \['goflow2plus:8080'\]/);
    const prometheus = await Prometheus.start(
      t,
      config.replace('goflow2plus:8080', `127.0.0.1:${port}`).replace(/scrape_interval: \w+/, 'scrape_interval: 1s'),
    );
    const started = performance.now();
    generate();
    let empty = queriesTo('prometheus').map(({ at, text }) => ({
      at,
      text: text.replaceAll('$__rate_interval', '10s'),
    }));
    assert.ok(empty.length > 20);
    const mayBeEmpty = ({ text }: { text: string }) => metricsOf(text).every((name) => ofFaults.test(name));
    while (!empty.every(mayBeEmpty)) {
      const left = MOST_MS - (performance.now() - started);
      assert.ok(
        left > 0,
        `nothing in ${empty
          .filter((query) => !mayBeEmpty(query))
          .map(({ at }) => at)
          .join(', ')}`,
      );
      await sleep(500);
      const found = await Promise.all(empty.map(({ text }) => prometheus.ask(text)));
      empty = empty.filter((_, i) => found[i]!.length === 0);
    }
    t.diagnostic(`every panel has something ${((performance.now() - started) / 1000).toFixed(1)} s after the start`);
    const [flows] = await prometheus.ask('goflow2plus_flows_delivered_total');
    assert.ok(Number(flows!.value[1]) > 0);
    assert.deepEqual(await prometheus.ask('goflow2plus_accounting_imbalance != 0'), []);
  },
);
