import { Collector } from '../collector.ts';
import type { Options } from '../config/options.ts';
import { version } from '../config/version.ts';
import { Log } from '../log/log.ts';
import type { Logger } from '../log/logger.ts';
import { collectorOptions } from './collector-options.ts';
import { redactArgument } from './hide-secrets.ts';
import { loadRareParts } from './rare-parts.ts';
import { ServiceManager } from './service-manager.ts';
import { onFaults, onSignals } from './signals.ts';

/** Something that runs beside the collector, from the time when it receives; what is returned ends it. */
export type Beside = (collector: Collector, log: Logger) => Promise<() => Promise<void>>;

/**
 * Runs the collector that a command line asks for until it ends; resolves to the exit code.
 *
 * @param ignored arguments that nobody has read: a warning names them
 */
export async function runCollector(options: Options, ignored: readonly string[], beside?: Beside): Promise<number> {
  const mute = { count: options['err.cnt'], intervalMs: options['err.int'] };
  const log = new Log({ level: options.loglevel, format: options.logfmt, mute });
  const { logger } = log;
  setInterval(() => log.settle(), 1000).unref();
  logger.info('starting GoFlow2+', { version });
  if (ignored.length > 0) {
    logger.warn('arguments behind the first one that is no flag are ignored', {
      arguments: ignored.map(redactArgument).join(' '),
    });
  }
  const service = await ServiceManager.connect(process.env, (text) => logger.warn(text));
  const collector = new Collector(collectorOptions(options, log, await loadRareParts(options)));
  onSignals(collector, logger, service);
  onFaults(collector, logger, service);
  const before = await Promise.race([collector.start(), collector.done]); // a stop does not wait for every start
  if (before === undefined) service.ready();
  const end = before === undefined ? await beside?.(collector, logger) : undefined;
  const { exitCode } = await collector.done;
  await end?.();
  await log.close();
  return exitCode;
}
