import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ChildProgram } from './child-program.ts';
import { commandPath } from './requirements.ts';
import { temporaryFolder } from './temporary-folder.ts';

/**
 * A small disk of a test's own, in memory: it is there for the programs that are started by {@link prefix} alone, and
 * gone when the last of them has ended.
 */
export class OwnDisk {
  /** Put in front of a command, runs it where the disk is. */
  readonly prefix: readonly string[];
  /** The disk as those programs see it, and as the test does. */
  readonly folder: string;
  readonly outside: string;

  private constructor(folder: string, holder: number) {
    this.prefix = [commandPath('nsenter')!, `--mount=/proc/${holder}/ns/mnt`];
    this.folder = folder;
    this.outside = `/proc/${holder}/root${folder}`;
  }

  /** Makes one of that size. Needs root. */
  static async open(t: TestContext, octets: number): Promise<OwnDisk> {
    const folder = join(temporaryFolder(t), 'disk');
    mkdirSync(folder);
    const holder = new ChildProgram(t, [
      commandPath('unshare')!,
      '--mount',
      'sh',
      '-c',
      `mount -t tmpfs -o size=${octets},mode=0700 none '${folder}' && echo ready && exec sleep 600`,
    ]);
    await holder.until(() => holder.stdout.includes('ready'));
    return new OwnDisk(folder, holder.child.pid!);
  }
}
