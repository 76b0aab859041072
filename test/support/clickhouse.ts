import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { root, skipWithoutFile } from './requirements.ts';
import type { SkipOption } from './requirements.ts';

const tools = createRequire(join(root, 'tools/package.json'));

interface Session {
  query(sql: string, format: string): string;
  cleanup(): void;
}

/** Skips a test unless the embedded ClickHouse is installed. */
export function skipWithoutClickHouse(): SkipOption {
  return skipWithoutFile('tools/node_modules/chdb', 'npm --prefix tools install');
}

/** A ClickHouse inside of this process (chdb), with an empty database, gone with the test. */
export class LocalClickHouse {
  readonly #session: Session;

  constructor(t: Pick<TestContext, 'after'>) {
    const { Session } = tools('chdb') as { Session: new () => Session };
    this.#session = new Session();
    t.after(() => this.#session.cleanup());
  }

  /** Runs a statement that gives no rows. */
  run(sql: string): void {
    this.#session.query(sql, 'Null');
  }

  /** Rows of a query: 64-bit numbers are text. */
  rows(sql: string): Record<string, unknown>[] {
    const text = this.#session.query(sql, 'JSONEachRow').trim();
    return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

/** The statements of a file, without its comments. */
export function statementsOf(sql: string): string[] {
  return sql
    .replace(/^\s*--.*$/gm, '')
    .split(/;\s*\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
