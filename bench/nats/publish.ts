/**
 * P-09: how many flows a second the NATS transport gets into a stream, every message acknowledged, each one with its
 * id. One process publishes, one nats-server stores to a file; both share the machine.
 *
 *     npm run -s build:test && node build/bench/nats/publish.js --seconds 3
 */
import { parseArgs } from 'node:util';
import { natsOptions } from '#src/config/groups/nats.js';
import { defaultValues } from '#src/config/option.js';
import { Counters } from '#src/metrics/counters.js';
import { natsSettings } from '#src/transport/nats/from-options.js';
import { NatsTransport } from '#src/transport/nats/nats-transport.js';
import { ipfixBatches } from './batches.ts';
import { startBenchServer } from './server.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '3' } } });
const milliseconds = Number(values.seconds) * 1000;

interface Setting {
  readonly title: string;
  readonly flows: number;
  readonly subjects: number;
}

const settings: readonly Setting[] = [
  { title: '1 flow a message', flows: 1, subjects: 1 },
  { title: '16 flows a message', flows: 16, subjects: 1 },
  { title: '64 flows a message', flows: 64, subjects: 1 },
  { title: '64 flows a message, 16 subjects', flows: 64, subjects: 16 },
];

const log = { debug() {}, info() {}, warn: console.error, error: console.error };

async function measure({ title, flows, subjects }: Setting): Promise<Record<string, string | number>> {
  const server = await startBenchServer();
  if (server === undefined) throw new Error('nats-server is not installed');
  const counters = new Counters();
  const options = {
    ...natsSettings({
      ...defaultValues(natsOptions),
      'transport.nats.servers': [server.url],
      'transport.nats.batch.flows': flows,
      'transport.nats.stream.max_bytes': 4 * 1024 ** 3,
      'transport.nats.subject': subjects === 1 ? 'flows' : 'flows.{partition:16}',
      'transport.nats.buffer': 32 * 1024 ** 2,
    }),
    separator: '',
  };
  const transport = new NatsTransport(options, { counters, log, onGone() {} });
  await transport.start();
  const batches = ipfixBatches(subjects === 1 ? undefined : options.subject);
  let turn = 0;
  // A few batches are always there: the transport is never idle, and never far ahead of the server.
  let sending = true;
  const next = (): void => {
    if (sending) transport.send(batches[turn++ % batches.length]!, () => setImmediate(next));
  };
  for (let i = 0; i < 8; i++) next();
  while (counters.get('flows_delivered') < 10_000) await new Promise((resolve) => setTimeout(resolve, 20)); // eslint-disable-line no-await-in-loop
  const before = {
    ours: process.cpuUsage(),
    server: server.usage(),
    flows: counters.get('flows_delivered'),
    messages: counters.get('messages_acked'),
  };
  const began = performance.now();
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  const seconds = (performance.now() - began) / 1000;
  const delivered = counters.get('flows_delivered') - before.flows;
  const ours = process.cpuUsage(before.ours);
  const theirs = server.usage();
  sending = false;
  const { counts, sum } = transport.status().histograms!['nats_ack_seconds']!;
  const result = {
    setting: title,
    'flows/s': Math.round(delivered / seconds),
    'messages/s': Math.round((counters.get('messages_acked') - before.messages) / seconds),
    'octets a flow': Math.round(counters.get('bytes_delivered') / counters.get('flows_delivered')),
    'our CPU µs a flow': ((ours.user + ours.system) / delivered).toFixed(2),
    'server CPU µs a flow': (((theirs.cpu - before.server.cpu) * 1e6) / delivered).toFixed(2),
    'server RSS MiB': Math.round(theirs.rss / 1024 ** 2),
    'ack ms, mean': ((sum / [...counts].reduce((all, count) => all + count, 0)) * 1000).toFixed(1),
  };
  await transport.stop(5000);
  await server.stop();
  return result;
}

const rows: Record<string, string | number>[] = [];
for (const setting of settings) rows.push(await measure(setting)); // eslint-disable-line no-await-in-loop
console.table(rows);
