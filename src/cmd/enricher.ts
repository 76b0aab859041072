import { describeFailure } from '../config/failure.ts';
import { parseEnricherOptions } from '../config/enricher-options.ts';
import type { EnricherValues } from '../config/enricher-options.ts';
import { ConfigError } from '../config/errors.ts';
import { version } from '../config/version.ts';
import { EnricherProgram } from '../enricher/enricher.ts';
import type { EnricherOptions } from '../enricher/enricher.ts';
import { standardInput } from '../enricher/input.ts';
import { parseSubjectPattern } from '../format/subject-pattern.ts';
import { Log } from '../log/log.ts';
import { natsSettings } from '../transport/nats/from-options.ts';
import { hideSecrets, redactArgument } from './hide-secrets.ts';

function optionsOf(values: EnricherValues): EnricherOptions {
  const subject = values['transport.nats.subject'];
  if (parseSubjectPattern(subject, 'transport.nats.subject').usesContext) {
    const message = `${JSON.stringify(subject)}: the enricher has no keys of a context`;
    throw new ConfigError('GF_OPTION_VALUE', { option: 'transport.nats.subject' }, message);
  }
  return {
    databases: { asn: values['db.asn'], country: values['db.country'] },
    overwrite: values['db.asn.overwrite'],
    samplingRate: values.samplingrate,
    format: values.format,
    transport: {
      name: values.transport,
      file: { path: values['transport.file'], separator: values['transport.file.sep'] },
      nats: values.transport === 'nats' ? natsSettings(values) : undefined,
    },
  };
}

/** Runs the enricher until its input ends; resolves to the exit code. */
async function run(values: EnricherValues, ignored: readonly string[]): Promise<number> {
  const log = new Log({ level: values.loglevel, format: values.logfmt });
  const { logger } = log;
  logger.info('starting enricher', { version });
  if (ignored.length > 0) {
    const text = ignored.map(redactArgument).join(' ');
    logger.warn('arguments behind the first one that is no flag are ignored', { arguments: text });
  }
  const enricher = new EnricherProgram(optionsOf(values), standardInput(), logger);
  let asked = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (asked) process.exit(1);
    asked = true;
    enricher.stop(signal);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => void enricher.reload());
  const complete = await enricher.run();
  await log.close();
  return complete ? 0 : 1;
}

/** The program: reads the command line, runs, and ends with its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  let exitCode = 0;
  hideSecrets(argv);
  try {
    const command = parseEnricherOptions(argv);
    if (command.action === 'run') exitCode = await run(command.values, command.ignored);
    else (command.action === 'help' ? process.stderr : process.stdout).write(command.text);
  } catch (error) {
    const failure = describeFailure(error);
    process.stderr.write(failure.text);
    exitCode = failure.exitCode;
  }
  // A write to a reader that stands still would keep the process alive.
  process.exit(exitCode);
}
