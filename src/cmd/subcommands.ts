/** Runs a subcommand with the arguments behind its name; resolves to the exit code. */
export type Subcommand = (argv: readonly string[]) => Promise<number>;

/** The words that may stand in front of everything else on the command line (D-20), and what each one runs. */
export const subcommands: ReadonlyMap<string, () => Promise<Subcommand>> = new Map([
  ['demo', async () => (await import('./demo.ts')).demoCommand],
  ['simulate', async () => (await import('./simulate.ts')).simulateCommand],
  ['health', async () => (await import('./health.ts')).healthCommand],
  ['firewall', async () => (await import('./firewall.ts')).firewallCommand],
  ['context', async () => (await import('./context.ts')).contextCommand],
  ['nats', async () => (await import('./nats.ts')).natsCommand],
  ['mapping', async () => (await import('./mapping.ts')).mappingCommand],
]);
