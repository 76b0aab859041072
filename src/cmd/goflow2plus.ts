import { setFlagsFromString } from 'node:v8';
import { describeFailure } from '../config/failure.ts';
import { parseOptions } from '../config/options.ts';
import type { Options } from '../config/options.ts';
import { hideSecrets } from './hide-secrets.ts';
import { startFirstThread } from '../pipeline/worker-thread.ts';
import { subcommands } from './subcommands.ts';

/**
 * How much more than what is in use a heap may grow before it is collected as a whole, in percent. Left to itself the
 * engine lets it grow to four times that while much is remembered and forgotten, as in a flood of forged sources.
 */
const HEAP_GROWTH = 50;

/** Loads the collector while its first thread loads what it needs, and runs it. */
async function run(options: Options, ignored: readonly string[]): Promise<number> {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`);
  startFirstThread();
  const { runCollector } = await import('./run-collector.ts');
  return runCollector(options, ignored);
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
