import { checkChoices } from './choices.ts';
import { parseFlags } from './go-flags.ts';
import { databaseOptions } from './groups/databases.ts';
import { generalOptions } from './groups/general.ts';
import { loggingOptions } from './groups/logging.ts';
import { natsOptions } from './groups/nats.ts';
import { outputOptions } from './groups/output.ts';
import type { OptionTable, OptionValues } from './option.ts';
import { usageText } from './usage.ts';
import { versionLine } from './version.ts';

const program = 'enricher';

const { loglevel, logfmt } = loggingOptions;

/** The options that no other program has. */
export const enricherOwnOptions = {
  ...databaseOptions,
  samplingrate: {
    type: 'int',
    default: '0',
    help: 'sampling_rate of every message, in place of what it has; 0 = as it is',
  },
} as const satisfies OptionTable;

/** Every option of the enricher. */
export const enricherTable = {
  ...enricherOwnOptions,
  ...outputOptions,
  ...natsOptions,
  loglevel,
  logfmt,
  ...generalOptions,
} as const;

export type EnricherValues = OptionValues<typeof enricherTable>;

/** What a command line of the enricher asks for. */
export type EnricherCommand =
  | { readonly action: 'run'; readonly values: EnricherValues; readonly ignored: readonly string[] }
  | { readonly action: 'help' | 'version'; readonly text: string };

/** Reads the enricher's command line by Go's rules; throws as `parseOptions` does. */
export function parseEnricherOptions(argv: readonly string[]): EnricherCommand {
  const { values, positional, help } = parseFlags(enricherTable, argv, { program });
  if (help) return { action: 'help', text: usageText(program, enricherTable) };
  if (values.v) return { action: 'version', text: `${versionLine('Enricher')}\n` };
  checkChoices(enricherTable, values);
  return { action: 'run', values, ignored: positional };
}
