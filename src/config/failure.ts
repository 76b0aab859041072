import { GoFlowError } from './errors.ts';
import { FlagError } from './go-flags.ts';

/** How a failed start ends. */
export interface Failure {
  /** For standard error, with a newline at its end. */
  readonly text: string;
  readonly exitCode: 1 | 2;
}

/**
 * What to print and to exit with for an error at start: a command line's with the usage below it, an error of our own
 * as its message, anything else with its stack, because it is a fault of the program.
 */
export function describeFailure(error: unknown): Failure {
  if (error instanceof FlagError) return { text: `${error.message}\n${error.usage}`, exitCode: error.exitCode };
  if (error instanceof GoFlowError) return { text: `${error.message} (${error.code})\n`, exitCode: error.exitCode };
  return { text: `${error instanceof Error ? error.stack : String(error)}\n`, exitCode: 1 };
}
