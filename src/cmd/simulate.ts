import { once } from 'node:events';
import { lookup } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '../config/errors.ts';
import { Fleet } from '../simulate/index.ts';
import type { FleetOptions } from '../simulate/index.ts';

/** Runs exporters alone until a signal, or for `durationMs`; resolves to the exit code. */
export async function simulate(options: FleetOptions, durationMs: number): Promise<number> {
  const fleet = new Fleet({
    ...options,
    netflow: await resolved(options.netflow, 'demo.netflow'),
    sflow: await resolved(options.sflow, 'demo.sflow'),
  });
  await fleet.start();
  const ends = [once(process, 'SIGTERM'), once(process, 'SIGINT')];
  await Promise.race(durationMs > 0 ? [...ends, sleep(durationMs)] : ends);
  const { datagrams, flows, errors } = await fleet.stop();
  const failed = Object.entries(errors).map(([code, count]) => `, ${count} not sent: ${code}`);
  process.stdout.write(`sent ${flows} flows in ${datagrams} datagrams${failed.join('')}\n`);
  return 0;
}

/** The address of a host: names are asked for once, at the start. */
async function resolved(endpoint: FleetOptions['netflow'], option: string): Promise<FleetOptions['netflow']> {
  if (endpoint === undefined) return undefined;
  try {
    const { address } = await lookup(endpoint.address);
    return { ...endpoint, address };
  } catch (error) {
    throw new ConfigError('GF_OPTION_VALUE', { option }, `${endpoint.address} has no address`, error);
  }
}
