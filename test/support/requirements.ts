import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What tests may use beside Node.js, and how a test says so: `test('name', skipWithout('tshark'), () => ...)`.
 * What is missing is skipped with one line that names the Debian package. `.ci/run` counts skips as failures.
 */
interface Requirement {
  readonly package: string;
  readonly command: string;
  readonly for: string;
}

/** Root of the repository; tests run with it as their working folder. */
export const root = process.cwd();

const packages = JSON.parse(readFileSync(join(root, 'tools/test-packages.json'), 'utf8')) as Requirement[];
const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];

/** Options of a test: a reason to skip it, or false. */
export interface SkipOption {
  readonly skip: string | false;
}

/** Path of a program; undefined when it is not installed. */
export function commandPath(command: string): string | undefined {
  for (const folder of folders) {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return join(folder, command);
    } catch {
      // not in this folder
    }
  }
  return undefined;
}

/** Skips a test unless all these packages of `tools/test-packages.json` are installed. */
export function skipWithout(...names: string[]): SkipOption {
  for (const name of names) {
    const row = packages.find((candidate) => candidate.package === name);
    if (row === undefined) throw new Error(`${name} is not in tools/test-packages.json`);
    if (commandPath(row.command) === undefined) return { skip: `needs ${row.for}: apt-get install ${row.package}` };
  }
  return { skip: false };
}

/** Folder of the captures of other projects; undefined when it is absent. */
export function corpusFolder(): string | undefined {
  const folder = process.env['GOFLOW2_CORPUS'] ?? join(root, '../shared/corpus');
  return existsSync(join(folder, 'MANIFEST.tsv')) ? folder : undefined;
}

/** Skips a test unless the folder of captures is there. */
export function skipWithoutCorpus(): SkipOption {
  return { skip: corpusFolder() === undefined && 'needs the captures: set GOFLOW2_CORPUS to their folder' };
}

/** Skips a test without a file that a command of npm installs. */
export function skipWithoutFile(path: string, command: string): SkipOption {
  return { skip: !existsSync(path) && `needs ${path}: ${command}` };
}

/** Skips a test that makes network namespaces or mounts unless it runs as root on Linux. */
export function skipUnlessRoot(): SkipOption {
  return { skip: !(process.platform === 'linux' && process.getuid?.() === 0) && 'needs root on Linux' };
}

/** The first of several reasons to skip. */
export function skipUnless(...options: SkipOption[]): SkipOption {
  return options.find(({ skip }) => skip !== false) ?? { skip: false };
}
