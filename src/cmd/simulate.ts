import { once } from 'node:events';
import { lookup } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '../config/errors.ts';
import { FlagError, parseFlags } from '../config/go-flags.ts';
import { demoOptions } from '../config/groups/demo.ts';
import { usageText } from '../config/usage.ts';
import { Fleet } from '../simulate/index.ts';
import type { FleetOptions } from '../simulate/index.ts';
import { fleetOptions } from './fleet-options.ts';

const program = 'goflow2plus simulate';

/** `goflow2plus simulate`: simulated exporters alone, for a collector elsewhere. */
export async function simulateCommand(argv: readonly string[]): Promise<number> {
  const { values, positional, help } = parseFlags(demoOptions, argv, { program, anywhere: true });
  const usage = usageText(program, demoOptions);
  if (help) {
    process.stderr.write(usage);
    return 0;
  }
  if (positional.length > 0) {
    throw new FlagError('GF_FLAG_SUBCOMMAND', `${program} takes flags alone, not ${positional.join(' ')}`, usage);
  }
  const fleet = fleetOptions(values);
  if (fleet.netflow === undefined && fleet.sflow === undefined) {
    throw new ConfigError(
      'GF_OPTION_VALUE',
      { option: 'demo.netflow' },
      'it is empty, as is -demo.sflow: there is no collector to send to',
    );
  }
  return simulate(fleet, values['demo.duration']);
}

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
