import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { version } from '#src/config/version.js';

/** What has to stand beside a figure. */
export interface Machine {
  readonly version: string;
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memory: number;
  readonly kernel: string;
  readonly load: number;
  readonly peers: Readonly<Record<string, string>>;
  readonly date: string;
}

/** Versions of the packages of Debian that others come from, as far as they are installed. */
function peers(): Record<string, string> {
  try {
    const names = ['nfdump', 'nfdump-sflow', 'pmacct'];
    // eslint-disable-next-line no-template-curly-in-string -- a format of dpkg
    const text = execFileSync('dpkg-query', ['-W', '-f', '${Package} ${Version}\n', ...names], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return Object.fromEntries(
      text
        .trim()
        .split('\n')
        .map((line) => line.split(' ') as [string, string]),
    );
  } catch {
    return {};
  }
}

export function machine(): Machine & { readonly text: string } {
  const found: Machine = {
    version,
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory: totalmem(),
    kernel: release(),
    load: loadavg()[0]!,
    peers: peers(),
    date: new Date().toISOString(),
  };
  const { cpu, cores, load } = found;
  const others = Object.entries(found.peers).map((pair) => pair.join(' '));
  const names = [`GoFlow2+ ${version}`, `Node.js ${process.version}`, ...others];
  return { ...found, text: `${names.join(', ')}; ${cores} x ${cpu.trim()}, load ${load.toFixed(1)}` };
}
