import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A folder of a test's own, removed when the test is over. */
export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'goflow2plus-test-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
