import type { TestContext } from 'node:test';
import { ChildProgram } from './child-program.ts';
import { commandPath } from './requirements.ts';

/**
 * A network of a test's own: a namespace with a loopback of its own, in which ports and interfaces cannot meet those of
 * others. It has no name and leaves nothing behind: it is gone when the last of its programs has ended.
 */
export class OwnNetwork {
  /** Put in front of a command, runs it in this network. */
  readonly prefix: readonly string[];
  readonly #t: TestContext;

  private constructor(t: TestContext, holder: number) {
    this.#t = t;
    this.prefix = [commandPath('nsenter')!, `--net=/proc/${holder}/ns/net`];
  }

  /** Makes one, with its loopback up. Needs root. */
  static async open(t: TestContext): Promise<OwnNetwork> {
    const holder = new ChildProgram(t, [
      commandPath('unshare')!,
      '--net',
      'sh',
      '-c',
      `${commandPath('ip')!} link set lo up && echo ready && exec sleep 600`,
    ]);
    await holder.until(() => holder.stdout.includes('ready'));
    return new OwnNetwork(t, holder.child.pid!);
  }

  /** Starts a program in it. */
  start(program: string, ...args: readonly string[]): ChildProgram {
    return new ChildProgram(this.#t, [...this.prefix, commandPath(program) ?? program, ...args]);
  }

  /** Runs a program in it to its end; what it printed. */
  async run(program: string, ...args: readonly string[]): Promise<string> {
    const child = this.start(program, ...args);
    await child.finished();
    return child.stdout;
  }
}
