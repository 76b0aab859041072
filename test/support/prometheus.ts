import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ChildProgram } from './child-program.ts';
import { commandPath } from './requirements.ts';
import { temporaryFolder } from './temporary-folder.ts';

interface Answer {
  readonly status: 'success' | 'error';
  readonly error?: string;
  readonly data?: { readonly result: readonly Series[] };
}

/** One of the results of a query: its labels, and when it has which value. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** A Prometheus of a test's own, with data in a temporary folder. */
export class Prometheus {
  readonly port: number;
  readonly program: ChildProgram;

  private constructor(port: number, program: ChildProgram) {
    this.port = port;
    this.program = program;
  }

  /** @param config content of its configuration file */
  static async start(t: TestContext, config: string): Promise<Prometheus> {
    const [folder, port] = [temporaryFolder(t), await freePort()];
    const file = join(folder, 'prometheus.yml');
    writeFileSync(file, config);
    const program = new ChildProgram(t, [
      commandPath('prometheus')!,
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    return new Prometheus(port, program);
  }

  /**
   * What a query finds now: nothing while it does not answer yet.
   *
   * @throws Error for a query that it refuses
   */
  async ask(query: string): Promise<readonly Series[]> {
    const url = `http://127.0.0.1:${this.port}/api/v1/query?query=${encodeURIComponent(query)}`;
    const response = await fetch(url).catch(() => undefined);
    if (response === undefined || response.status === 503) return [];
    const answer = (await response.json()) as Answer;
    if (answer.status !== 'success') throw new Error(`${query}: ${answer.error}`);
    return answer.data!.result;
  }
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
