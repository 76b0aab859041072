/**
 * Sends a load of flow datagrams and prints what it sent as one line of JSON:
 *
 *     node build/bench/send.js --to 127.0.0.1:2055 --protocol netflow9 --rate 140000 --seconds 10
 */
import { parseArgs } from 'node:util';
import { LoadSender } from './load-sender.ts';
import { prepare, protocols, type Protocol } from './prepare.ts';
import { loadSendingLibc } from './sending-libc.ts';

const { values } = parseArgs({
  options: {
    to: { type: 'string', default: '127.0.0.1:2055' },
    protocol: { type: 'string', default: 'netflow9' },
    /** Datagrams a second; 0 is as fast as one core can. */
    rate: { type: 'string', default: '50000' },
    seconds: { type: 'string', default: '5' },
    /** Exporters, each with an address of its own: 127.1.x.y, or ports of ::1. */
    sources: { type: 'string', default: '16' },
    records: { type: 'string', default: '24' },
    circle: { type: 'string', default: '128' },
    burst: { type: 'string', default: '16' },
    ipv6: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
  },
});

const colon = values.to.lastIndexOf(':');
const address = values.to.slice(0, colon).replace(/^\[|\]$/g, '');
const target = { address, port: number('to', values.to.slice(colon + 1)) };
if (!protocols.some((name) => name === values.protocol)) throw new Error(`--protocol: one of ${protocols.join(', ')}`);
const preparation = {
  protocol: values.protocol as Protocol,
  seed: number('seed', values.seed),
  records: number('records', values.records),
  datagrams: number('circle', values.circle),
  ipv6: number('ipv6', values.ipv6),
};
const rate = number('rate', values.rate);
const sources = Array.from({ length: number('sources', values.sources) }, (_, i) => ({
  from: { address: address.includes(':') ? '::1' : `127.1.${(i + 1) >> 8}.${(i + 1) & 255}`, port: 0 },
  datagrams: prepare(preparation, i),
}));

const libc = await loadSendingLibc();
const sender = new LoadSender(libc, {
  target,
  sources,
  burst: number('burst', values.burst),
  ...(rate === 0 ? {} : { rate }),
});
const before = process.cpuUsage();
const report = sender.run({ seconds: number('seconds', values.seconds) });
const { user, system } = process.cpuUsage(before);
sender.close();
console.log(JSON.stringify({ ...report, cpuMicroseconds: user + system }));

function number(name: string, text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value) || value < 0) throw new Error(`--${name}: not a number: ${text}`);
  return value;
}
