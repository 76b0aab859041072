import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { ConfigError } from '../../config/errors.ts';

/** Larger files hold no secret of ours. */
const LARGEST = 64 * 1024;

/** Bits of a mode that a file with a secret should not have: its group may read it, no more. */
const TOO_OPEN = 0o027;

/** Where a secret comes from: a file named by an option, or else a variable of the environment. */
export interface SecretSource {
  readonly option: string;
  readonly path: string;
  readonly variable?: string;
  /** Everybody may see it: a certificate. */
  readonly isPublic?: boolean;
}

/** Secrets as they were read, with what is wrong about where they were read from. */
export class SecretReader {
  readonly warnings: string[] = [];
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #hash = createHash('sha256');

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#environment = environment;
  }

  /**
   * The secret; undefined where none is given.
   *
   * @throws ConfigError when a file cannot be read; it names the option and the path.
   */
  read({ option, path, variable, isPublic = false }: SecretSource): Buffer | undefined {
    if (path === '') {
      const value = variable === undefined ? undefined : this.#environment[variable];
      if (value === undefined || value === '') return undefined;
      return Buffer.from(value);
    }
    try {
      const bytes = this.#readFile(path, isPublic);
      this.#hash.update(option).update(bytes);
      return bytes;
    } catch (error) {
      throw new ConfigError('GF_NATS_SECRET', { option }, (error as Error).message, error);
    }
  }

  /** The secret as text of one line. */
  readText(source: SecretSource): string | undefined {
    return this.read(source)
      ?.toString('utf8')
      .replace(/[\r\n]+$/, '');
  }

  /** The same for the same contents of all files that were read. */
  digest(): string {
    return this.#hash.copy().digest('base64');
  }

  #readFile(path: string, isPublic: boolean): Buffer {
    const file = openSync(path, 'r');
    try {
      const stat = fstatSync(file);
      if (!stat.isFile()) throw new Error(`${path} is no regular file`);
      if (!isPublic && (stat.mode & TOO_OPEN) !== 0) {
        const mode = (stat.mode & 0o777).toString(8).padStart(4, '0');
        this.warnings.push(`${path} has mode ${mode}: others can read a secret in it, 0640 or less is better`);
      }
      const buffer = Buffer.alloc(LARGEST + 1);
      let length = 0;
      for (let read; (read = readSync(file, buffer, length, buffer.length - length, null)) > 0;) length += read;
      if (length > LARGEST) throw new Error(`${path} is larger than ${LARGEST} octets`);
      return buffer.subarray(0, length);
    } finally {
      closeSync(file);
    }
  }
}
