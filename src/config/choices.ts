import { ConfigError } from './errors.ts';
import type { OptionTable, OptionValues } from './option.ts';

/**
 * Refuses strings that are none of the choices of their option.
 *
 * @throws ConfigError, exit code 1: the flag itself was in order.
 */
export function checkChoices<Table extends OptionTable>(table: Table, values: OptionValues<Table>): void {
  for (const [name, { choices, refusal }] of Object.entries(table)) {
    const value = values[name] as string;
    if (choices === undefined || choices.includes(value)) continue;
    const known = `it takes ${choices.join(', ')}`;
    throw new ConfigError(
      refusal?.code ?? 'GF_OPTION_VALUE',
      { option: name },
      refusal === undefined
        ? `${JSON.stringify(value)} does not exist: ${known}`
        : `${refusal.message(value)}: ${known}`,
    );
  }
}
