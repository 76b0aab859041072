// Reads flows from a JetStream stream and adds up octets by source address:
//
//     NATS_URL=nats://localhost:4222 node dist/src/consume.js netflow top-talkers
//
// The first argument is the stream, the second one the name of a durable consumer, which remembers how far it came:
// start it again and it goes on from there; start it twice and the two share the work.
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { addressText, flowsIn } from './flows.ts';

const [stream = 'goflow2', durable = 'top-talkers'] = process.argv.slice(2);
const REPORT_MS = 10_000;

const nc = await connect({ servers: process.env['NATS_URL'] ?? 'nats://localhost:4222', maxReconnectAttempts: -1 });
const manager = await jetstreamManager(nc);
await manager.consumers.add(stream, { durable_name: durable, ack_policy: AckPolicy.Explicit, max_ack_pending: 1000 });
const consumer = await jetstream(nc).consumers.get(stream, durable);
const messages = await consumer.consume({ max_messages: 500 });

const octets = new Map<string, bigint>();
let flows = 0;

const report = setInterval(() => {
  const top = [...octets].sort(([, a], [, b]) => (a < b ? 1 : a > b ? -1 : 0)).slice(0, 10);
  console.log(`${flows} flows in ${REPORT_MS / 1000} s`);
  for (const [source, sum] of top) console.log(`  ${sum.toString().padStart(14)}  ${source}`);
  octets.clear();
  flows = 0;
}, REPORT_MS);

process.once('SIGINT', () => messages.stop());

for await (const message of messages) {
  for (const flow of flowsIn(message.data)) {
    const source = addressText(flow.srcAddr);
    // Octets of sampled traffic stand for so many more; 0 is an unknown rate.
    const scale = flow.samplingRate === 0n ? 1n : flow.samplingRate;
    octets.set(source, (octets.get(source) ?? 0n) + flow.bytes * scale);
    flows++;
  }
  // Only now: what is not acknowledged when this program ends is delivered again.
  message.ack();
}
clearInterval(report);
await nc.drain();
