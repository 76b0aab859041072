import { createDecoder } from '../decode/create-decoder.ts';
import { FlowRecord } from '../flow/flow-record.ts';
import { Datagram, Source } from '../listen/datagram.ts';
import { Counters } from '../metrics/counters.ts';
import { SampleProducer } from '../produce/sample.ts';
import { FixedExporter, SFlowExporter, TemplatedExporter, Traffic } from '../simulate/index.ts';

const BOOT = 1_700_000_000_000_000_000n;
const NOW = BOOT + 3_600_000_000_000n;
const FLOWS = 40;

/** A datagram from 192.0.2.1:50000, received at 1700003600. */
export function datagramOf(bytes: Uint8Array): Datagram {
  const datagram = new Datagram();
  datagram.setBytes(bytes);
  datagram.source = new Source(Uint8Array.of(192, 0, 2, 1));
  datagram.sourcePort = 50_000;
  new DataView(datagram.received.buffer, datagram.received.byteOffset).setBigUint64(0, NOW, true);
  return datagram;
}

/** Datagrams of an exporter of each protocol, templates first. */
export function sampleDatagrams(): Uint8Array[] {
  const flows = [...new Traffic({ seed: 11, start: BOOT }).flows(0, FLOWS)];
  return [
    new FixedExporter({ boot: BOOT, samplingInterval: 100 }),
    new TemplatedExporter({ version: 9, boot: BOOT }),
    new TemplatedExporter({ version: 10, boot: BOOT }),
    new SFlowExporter({ boot: BOOT, extended: true, countersEvery: 1 }),
  ].flatMap((exporter) => exporter.export(flows, NOW));
}

/** Calls `take` with an empty record, then with those of {@link sampleDatagrams}; each is valid during the call only. */
export function forSampleFlows(take: (flow: FlowRecord) => void): number {
  take(new FlowRecord());
  let count = 1;
  const decoder = createDecoder();
  const producer = new SampleProducer(new Counters());
  for (const bytes of sampleDatagrams()) {
    decoder.decode(datagramOf(bytes), (packet, datagram) =>
      producer.produce(packet, datagram, (flow) => {
        count++;
        take(flow);
      }),
    );
  }
  return count;
}
