/**
 * Sends datagrams, two milliseconds apart: SOURCE PORT DESTINATION PORT COUNT OCTETS. A program of its own, so that it
 * can run in another network.
 */
import { PacedSender } from '#src/simulate/sender.js';

const [source, sourcePort, destination, destinationPort, count, octets] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const sender = new PacedSender({
  target: { address: destination, port: Number(destinationPort) },
  sources: [{ address: source, port: Number(sourcePort) }],
  rate: 500,
});
await sender.start();
const report = await sender.send(Array.from({ length: Number(count) }, () => new Uint8Array(Number(octets))));
await sender.stop();
if (report.datagrams !== Number(count)) {
  console.error(report.errors);
  process.exitCode = 1;
}
