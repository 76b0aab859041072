import { checkChoices } from './choices.ts';
import { parseFlags } from './go-flags.ts';
import { contextOptions } from './groups/context.ts';
import { geoIpOptions } from './groups/databases.ts';
import { exporterOptions } from './groups/exporters.ts';
import { generalOptions } from './groups/general.ts';
import { httpOptions } from './groups/http.ts';
import { inputOptions } from './groups/input.ts';
import { loggingOptions } from './groups/logging.ts';
import { natsOptions } from './groups/nats.ts';
import { outputOptions } from './groups/output.ts';
import { productionOptions } from './groups/production.ts';
import { templateOptions } from './groups/templates.ts';
import type { OptionGroup, OptionValues } from './option.ts';
import { usageText } from './usage.ts';
import { versionLine } from './version.ts';

const program = 'goflow2plus';

/** Every option of the collector. A group that is added here is added to {@link optionGroups} too. */
export const optionTable = {
  ...inputOptions,
  ...exporterOptions,
  ...productionOptions,
  ...contextOptions,
  ...geoIpOptions,
  ...templateOptions,
  ...outputOptions,
  ...natsOptions,
  ...loggingOptions,
  ...httpOptions,
  ...generalOptions,
} as const;

/** The same rows under the titles that `docs/flags.md` shows them under. */
export const optionGroups: readonly OptionGroup[] = [
  { title: 'Input', options: inputOptions },
  { title: 'Exporters', options: exporterOptions },
  { title: 'Production', options: productionOptions },
  { title: 'Context', options: contextOptions },
  { title: 'Databases', options: geoIpOptions },
  { title: 'Templates', options: templateOptions },
  { title: 'Output', options: outputOptions },
  { title: 'NATS JetStream', options: natsOptions },
  { title: 'Logging', options: loggingOptions },
  { title: 'HTTP', options: httpOptions },
  { title: 'General', options: generalOptions },
];

/** Settings of the collector by the name of their flag: `options['err.int']`. Durations are milliseconds. */
export type Options = OptionValues<typeof optionTable>;

/** What a command line asks for. */
export type CommandLine =
  | {
      readonly action: 'run';
      readonly options: Options;
      /** The options that were given and not left at their default. */
      readonly given: ReadonlySet<keyof Options>;
      /** Arguments behind the first one that is no flag: Go's rules ignore them, a warning should name them. */
      readonly ignored: readonly string[];
    }
  /** Print `text` and end with exit code 0: help goes to standard error, the version to standard output. */
  | { readonly action: 'help' | 'version'; readonly text: string };

/**
 * Reads the collector's command line by Go's rules.
 *
 * @param argv arguments without the program's own name: `process.argv.slice(2)`.
 * @throws FlagError (exit code 2) when it cannot be read, ConfigError (exit code 1) for a value that does not exist.
 * @example
 * const commandLine = parseOptions(process.argv.slice(2));
 * if (commandLine.action === 'run') console.log(commandLine.options['transport.file']);
 */
export function parseOptions(argv: readonly string[]): CommandLine {
  const { values, given, positional, help } = parseFlags(optionTable, argv, { program });
  if (help) return { action: 'help', text: usageText(program, optionTable) };
  if (values.v) return { action: 'version', text: `${versionLine()}\n` };
  checkChoices(optionTable, values);
  return { action: 'run', options: values, given, ignored: positional };
}
