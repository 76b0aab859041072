/** A collector with parts of its own: `node dist/main.js LISTEN-URI URL [PROTOCOL-MODULE ...]`. */
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { createCollector } from 'goflow2plus';
import { HttpTransport } from './http-transport.ts';
import { observeCollector } from './opentelemetry-metrics.ts';

const [listen = 'flow://:2055', url = 'http://localhost:8086/flows'] = process.argv.slice(2);
const part = (file: string) => ({ module: new URL(file, import.meta.url).href });

const collector = createCollector(
  { listen },
  {
    parts: {
      transport: (context) => new HttpTransport(url, context),
      format: part('./avro-format.js'),
      protocols: [part('./netflow-v8.js')],
    },
  },
);
// give the provider a reader that exports, such as PeriodicExportingMetricReader
observeCollector(new MeterProvider().getMeter('goflow2plus'), collector);
process.once('SIGTERM', () => void collector.stop());
await collector.start();
const { exitCode } = await collector.done;
process.exitCode = exitCode;
