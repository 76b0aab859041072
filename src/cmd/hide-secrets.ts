/** An argument without what stands before an `@` in it: the credentials of a URL. */
export function redactArgument(argument: string): string {
  return argument.replace(/^(-[^=]*=)?([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1$2');
}

/**
 * Takes the credentials of URLs out of the command line that other users of the machine see (`ps`,
 * `/proc/PID/cmdline`). They have been there since the start: whoever minds keeps them in a file.
 */
export function hideSecrets(argv: readonly string[]): void {
  if (!argv.some((argument) => argument.includes('@'))) return;
  process.title = [process.argv0, process.argv[1] ?? '', ...argv.map(redactArgument)].join(' ');
}
