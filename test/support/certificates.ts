import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** For `test(..., { skip })`: what is missing, or false. */
export const opensslMissing: string | false = existsSync('/usr/bin/openssl')
  ? false
  : 'openssl is not installed (Debian: openssl)';

/** A certificate with its key, as files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority of a test's own, in a folder of the test. */
export class Authority {
  readonly ca: string;
  readonly #folder: string;
  readonly #name: string;

  constructor(folder: string, name = 'ca') {
    this.#folder = folder;
    this.#name = name;
    this.ca = join(folder, `${name}.pem`);
    this.#openssl('req', '-x509', ...this.#newKey(name), '-subj', `/CN=${name}`, '-days', '2', '-out', this.ca);
  }

  /** A certificate for these names: `DNS:localhost`, `IP:127.0.0.1`. It ends after so many days: -1 was yesterday. */
  issue(name: string, subjects: readonly string[], days = 2): Certificate {
    const [request, extensions, cert] = ['csr', 'ext', 'pem'].map((end) => join(this.#folder, `${name}.${end}`));
    this.#openssl('req', '-new', ...this.#newKey(name), '-subj', `/CN=${name}`, '-out', request!);
    writeFileSync(extensions!, `subjectAltName=${subjects.join(',')}\n`);
    const authority = ['-CA', this.ca, '-CAkey', join(this.#folder, `${this.#name}.key`), '-CAcreateserial'];
    this.#openssl(
      'x509',
      '-req',
      '-in',
      request!,
      ...authority,
      '-days',
      `${days}`,
      '-extfile',
      extensions!,
      '-out',
      cert!,
    );
    return { cert: cert!, key: join(this.#folder, `${name}.key`) };
  }

  #newKey(name: string): string[] {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    return [...curve, '-keyout', join(this.#folder, `${name}.key`)];
  }

  #openssl(...args: string[]): void {
    execFileSync('/usr/bin/openssl', args, { stdio: 'ignore' });
  }
}
