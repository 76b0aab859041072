// Keeps a part of the context of GoFlow2+ what another system says:
//
//     NATS_URL=nats://localhost:4222 node dist/src/main.js kubernetes http://localhost:8001/api/v1/pods
//     kubectl get --raw '/api/v1/pods?watch=1' | node dist/src/main.js kubernetes -
//     node dist/src/main.js dhcp /var/lib/misc/dnsmasq.leases
//
// A third argument is the name of the bucket. It ends with an error when NATS is away: have it started again.
import { readFileSync } from 'node:fs';
import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { followLeases } from './dhcp.ts';
import { followApi, followStream } from './kubernetes.ts';
import { Networks } from './networks.ts';

const [kind, source, name = 'goflow2-context'] = process.argv.slice(2);
if ((kind !== 'kubernetes' && kind !== 'dhcp') || source === undefined) {
  console.error('usage: main.js kubernetes URL|FILE|- [BUCKET], or dhcp FILE [BUCKET]');
  process.exit(2);
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const tokenFile = process.env['TOKEN_FILE'] ?? '';
const nc = await connect({ servers: process.env['NATS_URL'] ?? 'nats://localhost:4222' });
const bucket = await new Kvm(jetstream(nc)).create(name);
const networks = await Networks.open(bucket, kind === 'dhcp' ? 'network.dhcp' : 'network.pod');
if (kind === 'dhcp') {
  await followLeases(source, networks, stop.signal);
} else if (/^https?:/.test(source)) {
  await followApi(source, networks, tokenFile === '' ? '' : readFileSync(tokenFile, 'utf8').trim(), stop.signal);
} else {
  await followStream(source, networks);
}
await nc.drain();
