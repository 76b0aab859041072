import { checkChoices } from '../config/choices.ts';
import { FlagError, parseFlags } from '../config/go-flags.ts';
import { demoOptions } from '../config/groups/demo.ts';
import { optionTable } from '../config/options.ts';
import { programFilePath } from '../config/program-files.ts';
import { usageText } from '../config/usage.ts';
import { Fleet } from '../simulate/index.ts';
import { fleetOptions } from './fleet-options.ts';
import { runCollector } from './run-collector.ts';
import type { Beside } from './run-collector.ts';
import { simulate } from './simulate.ts';

const program = 'goflow2plus demo';

/** Who the simulated exporters and their traffic are. */
const context = programFilePath('data/demo-context.yaml');

const table = {
  ...optionTable,
  listen: { ...optionTable.listen, default: 'flow://127.0.0.1:0' },
  'context.config': { ...optionTable['context.config'], default: context },
  ...demoOptions,
} as const;

/** `goflow2plus demo`: a collector with simulated exporters of every protocol, or these alone for another collector. */
export async function demoCommand(argv: readonly string[]): Promise<number> {
  const { values, positional, help } = parseFlags(table, argv, { program, anywhere: true });
  const usage = usageText(program, table);
  if (help) {
    process.stderr.write(usage);
    return 0;
  }
  if (positional.length > 0) {
    throw new FlagError('GF_FLAG_SUBCOMMAND', `${program} takes flags alone, not ${positional.join(' ')}`, usage);
  }
  checkChoices(table, values);
  const fleet = fleetOptions(values);
  const { netflow, sflow, rate } = fleet;
  const durationMs = values['demo.duration'];
  if (netflow !== undefined || sflow !== undefined) return simulate(fleet, durationMs);
  return runCollector(values, [], simulated(rate, durationMs));
}

/** Exporters beside the collector. On Linux each has an address of its own, which the context knows. */
function simulated(rate: number, durationMs: number): Beside {
  const source = (index: number) => (process.platform === 'linux' ? `127.0.0.${11 + index}` : undefined);
  return async (collector, log) => {
    const listeners = collector.status.listeners.filter(({ info }) => info !== undefined);
    const to = (...types: string[]) => {
      const found = listeners.find(({ type }) => types.includes(type));
      return found && { address: '127.0.0.1', port: found.info!.port };
    };
    const fleet = new Fleet({ netflow: to('flow', 'netflow'), sflow: to('flow', 'sflow'), rate, source });
    await fleet.start();
    log.info('simulated exporters send', { flows_a_second: rate });
    const end = () => void collector.stop({ exitCode: 0, reason: 'the time of the demo is over' });
    if (durationMs > 0) setTimeout(end, durationMs).unref();
    return async () => {
      const { datagrams, flows, errors } = await fleet.stop();
      log.info('simulated exporters have ended', { datagrams, flows, ...errors });
    };
  };
}
