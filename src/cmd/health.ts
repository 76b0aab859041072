import { get } from 'node:http';
import { FlagError, parseFlags } from '../config/go-flags.ts';
import { healthOptions } from '../config/groups/health.ts';
import { usageText } from '../config/usage.ts';
import { parseHttpAddress } from '../http/http-address.ts';
import type { HttpAddress } from '../http/http-address.ts';

const program = 'goflow2plus health';

/** Octets of an answer that are read: it is a word, or a line for each problem. */
const MOST_OCTETS = 4096;

/** `goflow2plus health`: asks a collector on this machine how it is; 0 = well, 1 = not well or not there. */
export async function healthCommand(argv: readonly string[]): Promise<number> {
  const { values, positional, help } = parseFlags(healthOptions, argv, { program, anywhere: true });
  const usage = usageText(program, healthOptions);
  if (help) {
    process.stderr.write(usage);
    return 0;
  }
  if (positional.length > 0) {
    throw new FlagError('GF_FLAG_SUBCOMMAND', `${program} takes flags alone, not ${positional.join(' ')}`, usage);
  }
  try {
    const path = values.ready ? '/ready' : '/live';
    const { status, body } = await ask(parseHttpAddress(values.addr), path, values.timeout);
    (status === 200 ? process.stdout : process.stderr).write(body);
    return status === 200 ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${program}: no answer on ${values.addr}: ${(error as Error).message}\n`);
    return 1;
  }
}

function ask({ host, port }: HttpAddress, path: string, timeoutMs: number): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(Math.max(1, timeoutMs));
    const request = get({ host: reachable(host), port, path, signal }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body = (body + chunk).slice(0, MOST_OCTETS)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    request.on('error', (error) => reject(signal.aborted ? new Error(`nothing came in ${timeoutMs} ms`) : error));
  });
}

/** A server that listens on every address is reached on this one. */
function reachable(host: string | undefined): string {
  if (host === undefined || host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
