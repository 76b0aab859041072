import { Collector } from '../collector.ts';
import type { Ended } from '../collector.ts';
import { collectorOptions } from './collector-options.ts';
import { describeFailure } from '../config/failure.ts';
import { parseOptions } from '../config/options.ts';
import type { Options } from '../config/options.ts';
import { version } from '../config/version.ts';
import { Log } from '../log/log.ts';
import { hideSecrets, redactArgument } from './hide-secrets.ts';
import { ServiceManager } from './service-manager.ts';
import { onFaults, onSignals } from './signals.ts';
import { subcommands } from './subcommands.ts';

/** Runs the collector until it ends; resolves to the exit code. */
async function run(options: Options, ignored: readonly string[]): Promise<number> {
  const log = new Log({ level: options.loglevel, format: options.logfmt });
  const { logger } = log;
  logger.info('starting GoFlow2+', { version });
  if (ignored.length > 0) {
    logger.warn('arguments behind the first one that is no flag are ignored', {
      arguments: ignored.map(redactArgument).join(' '),
    });
  }
  const service = await ServiceManager.connect(process.env, (text) => logger.warn(text));
  const collector = new Collector(collectorOptions(options, log));
  onSignals(collector, logger, service);
  onFaults(collector, logger, service);
  await collector.start();
  service.ready();
  const ended: Ended = await collector.done;
  await log.close();
  return ended.exitCode;
}

/** The program: reads the command line, runs, and ends with its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  let exitCode = 0;
  hideSecrets(argv);
  try {
    const subcommand = await subcommands.get(argv[0] ?? '')?.();
    const commandLine = subcommand === undefined ? parseOptions(argv) : undefined;
    if (commandLine === undefined) exitCode = await subcommand!(argv.slice(1));
    else if (commandLine.action === 'run') exitCode = await run(commandLine.options, commandLine.ignored);
    else (commandLine.action === 'help' ? process.stderr : process.stdout).write(commandLine.text);
  } catch (error) {
    const failure = describeFailure(error);
    process.stderr.write(failure.text);
    exitCode = failure.exitCode;
  }
  // A write to a reader that stands still would keep the process alive.
  process.exit(exitCode);
}
