/** The package as somebody who installs it has it: what `npm pack` makes, in a folder of its own. */
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);

/** A folder with the example, and the packed package and all that they need installed; undefined without a registry. */
async function installedExample(t: TestContext): Promise<string> {
  const folder = temporaryFolder(t);
  const { stdout } = await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
  });
  const example = join(folder, 'example');
  cpSync(join(root, 'examples/own-parts'), example, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(example, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  manifest.dependencies['goflow2plus'] = `file:${join(folder, stdout.trim())}`;
  writeFileSync(join(example, 'package.json'), JSON.stringify(manifest));
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: example });
  return example;
}

/** NetFlow v8 by AS with one record. */
function netflowV8(octets: number): Uint8Array {
  const bytes = Buffer.alloc(56);
  bytes.writeUInt16BE(8, 0);
  bytes.writeUInt16BE(1, 2);
  bytes.writeUInt32BE(77, 16);
  bytes[22] = 1;
  bytes.writeUInt32BE(3, 32);
  bytes.writeUInt32BE(octets, 36);
  bytes.writeUInt16BE(64_500, 48);
  bytes.writeUInt16BE(64_501, 50);
  return bytes;
}

/** What was POSTed to it. */
async function sink(t: TestContext): Promise<{ url: string; bodies: Buffer[] }> {
  const bodies: Buffer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks));
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/flows`, bodies };
}

/** Runs a program in the folder of the example; what it printed. */
async function runIn(example: string, text: string): Promise<string> {
  const file = join(example, `script-${process.hrtime.bigint()}.mjs`);
  writeFileSync(file, text);
  return (await run(process.execPath, [file], { cwd: example })).stdout;
}

test('the packed package: types, stages alone, and a collector with parts of its own', async (t) => {
  const example = await installedExample(t);
  await run('npm', ['run', 'build'], { cwd: example }); // the types of every subpath that the example uses

  await t.test('each stage alone', async () => {
    const text = `
      import { readFileSync } from 'node:fs';
      import { createDecoder } from 'goflow2plus/decode';
      import { Counters } from 'goflow2plus/metrics';
      import { SampleProducer } from 'goflow2plus/produce';
      import { ByteWriter, formats } from 'goflow2plus/format';
      import { forSampleFlows } from 'goflow2plus/testing';
      import { columns } from 'goflow2plus/flow';
      import { Traffic } from 'goflow2plus/simulate';
      import { parseListen } from 'goflow2plus/listen';
      import { messageEnd } from 'goflow2plus/transport';
      import 'goflow2plus/enrich';
      const format = formats.get('json')();
      let lines = 0;
      forSampleFlows((flow) => {
        const out = new ByteWriter(new Uint8Array(format.bound(flow)));
        format.write(flow, out);
        JSON.parse(Buffer.from(out.bytes.subarray(0, out.pos)).toString());
        lines++;
      });
      console.log(lines, columns.length > 40, typeof messageEnd, parseListen('netflow://:2055').length);`;
    const stdout = await runIn(example, text);
    assert.match(stdout, /^\d{3} true function 1\n$/);
  });

  await t.test('an HTTP transport, an Avro format and NetFlow v8 by parts of its own', async (t) => {
    const { url, bodies } = await sink(t);
    const child = spawn(process.execPath, ['dist/main.js', 'netflow://127.0.0.1:0', url], { cwd: example });
    t.after(() => void child.kill('SIGKILL'));
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const port = await waitFor(
      () => /msg="starting collection".* port=(\d+)/.exec(log)?.[1],
      () => log,
    );
    const socket = createSocket('udp4');
    await new Promise((resolve) => socket.send(netflowV8(1234), Number(port), '127.0.0.1', resolve));
    socket.close();
    await waitFor(
      () => (bodies.length > 0 ? true : undefined),
      () => log,
    );
    const body = Buffer.concat(bodies);
    // time (9 octets or so), two empty addresses, two ports 0, 1234 octets and 3 packets as zigzag varints, line feed
    assert.deepEqual([...body.subarray(-8)], [0, 0, 0, 0, 0xa4, 0x13, 6, 10]);
    child.kill('SIGTERM');
    const code = await new Promise((resolve) => child.once('exit', resolve));
    assert.equal(code, 0, log);
    assert.match(log, /flows_delivered=1\b/);
  });

  await t.test('the counters in OpenTelemetry', async () => {
    const text = `
      import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
      import { createCollector } from 'goflow2plus';
      import { observeCollector } from './dist/opentelemetry-metrics.js';
      const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
      const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
      const provider = new MeterProvider({ readers: [reader] });
      const collector = createCollector({ listen: ${JSON.stringify(`file:${join(root, 'test/fixtures/live-own/fprobe-v5.pcap')}`)}, addr: '', 'transport.file': '/dev/null', loglevel: 'error' });
      observeCollector(provider.getMeter('test'), collector);
      await collector.start();
      await collector.done;
      await reader.forceFlush();
      const metrics = exporter.getMetrics().at(-1).scopeMetrics[0].metrics;
      const found = metrics.find(({ descriptor }) => descriptor.name === 'goflow2plus.flows_delivered');
      console.log(found.dataPoints[0].value);
      await provider.shutdown();`;
    const stdout = await runIn(example, text);
    assert.equal(stdout, '18\n');
  });

  await t.test('a part that cannot be loaded ends the start, with its name', async () => {
    const text = `
      import { createCollector } from 'goflow2plus';
      const collector = createCollector({ listen: 'netflow://127.0.0.1:0', addr: '' }, { parts: { format: { module: 'file:///no/such.js' } } });
      await collector.start().catch((error) => console.log(error.code, error.message.includes('/no/such.js')));
      try { createCollector({ lisen: 'x' }); } catch (error) { console.log(error.message); }`;
    const stdout = await runIn(example, text);
    assert.equal(stdout, 'GF_PART_MODULE true\n-lisen: there is no such option\n');
  });
});

async function waitFor<T>(find: () => T | undefined, otherwise: () => string): Promise<T> {
  for (let i = 0; i < 1000; i++) {
    const found = find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited in vain: ${otherwise()}`);
}
