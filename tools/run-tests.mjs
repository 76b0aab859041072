// Runs the compiled tests with node's own runner: `node tools/run-tests.mjs [--strict] [PATH-PART ...]`.
// Only files whose path contains one of the parts run; without parts all of them, save those in test/long/.
// --strict (or CI=true) counts a skipped test as a failure: everything that the tests can use has to be there.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(fileURLToPath(import.meta.url), '../..');
const args = process.argv.slice(2);
const strict = args.includes('--strict') || process.env.CI === 'true';
const parts = args.filter((arg) => !arg.startsWith('--'));

const files = readdirSync(join(root, 'build/test'), { recursive: true })
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => (parts.length > 0 ? parts.some((part) => file.includes(part)) : !file.startsWith('long/')))
  .sort()
  .map((file) => join(root, 'build/test', file));
if (files.length === 0) {
  console.error(`no test file matches: ${parts.join(' ')}`);
  process.exit(1);
}

const runner = spawn(
  process.execPath,
  ['--test', '--test-concurrency=2', '--test-timeout=300000', '--test-reporter=spec', ...files],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: root,
  },
);
let tail = '';
runner.stdout.on('data', (chunk) => {
  process.stdout.write(chunk);
  tail = (tail + chunk).slice(-4000);
});
runner.on('close', (code) => {
  const skipped = Number(/skipped (\d+)\s/.exec(tail)?.[1] ?? 0);
  if (strict && skipped > 0) {
    console.error(`${skipped} tests were skipped, which this run does not allow`);
    process.exit(1);
  }
  process.exit(code ?? 1);
});
