import { Collector } from '../collector.ts';
import type { CollectorOptions } from '../collector.ts';
import { checkChoices } from '../config/choices.ts';
import { ConfigError } from '../config/errors.ts';
import { defaultValues } from '../config/option.ts';
import { optionTable } from '../config/options.ts';
import type { Options } from '../config/options.ts';
import { Log } from '../log/log.ts';
import type { CustomParts } from '../pipeline/custom-parts.ts';
import * as mapping from '../mapping/read-mapping.ts';
import * as nats from '../pipeline/nats-parts.ts';
import { collectorOptions } from './collector-options.ts';

/** What a program gives a collector beside the options that it has on the command line too. */
export interface Given {
  /** Parts of your own. */
  readonly parts?: CustomParts | undefined;
  /** Where lines of the log go; standard error by default. */
  readonly log?: CollectorOptions['log'] | undefined;
}

/**
 * A collector with the options of the command line, by the name of their flag; what is not given has the flag's default.
 * Durations are milliseconds, sizes octets, lists arrays. It is inert until `start()`.
 *
 *     const collector = createCollector({ listen: 'netflow://:2055', 'transport.file': '/var/log/flows.json' });
 *     await collector.start();
 *     process.once('SIGTERM', () => void collector.stop());
 *     const { exitCode } = await collector.done;
 *
 * @throws ConfigError for an option that does not exist, or a value that it does not have
 */
export function createCollector(options: Partial<Options> = {}, given: Given = {}): Collector {
  for (const name of Object.keys(options)) {
    if (!(name in optionTable)) throw new ConfigError('GF_OPTION_VALUE', { option: name }, 'there is no such option');
  }
  const values: Options = { ...defaultValues(optionTable), ...options };
  // formats and transports of the caller's own have no name to check
  checkChoices(optionTable, values);
  const log = given.log ?? new Log({ level: values.loglevel, format: values.logfmt });
  return new Collector({ ...collectorOptions(values, log, { nats, mapping }), parts: given.parts });
}
