// Runs the compiled tests with node's own runner: `node tools/run-tests.mjs [--strict] [PATH-PART ...]`.
// Only files whose path contains one of the parts run; without parts all of them, save those in test/long/.
// --full runs tests of faults in full (test/support/extent.ts), one file after the other; without parts those of
// test/long/ and those that have a short form and a full one.
// A few files that failed run once more, each alone; a test that fails there too has failed. Tests that failed first and
// passed then are named at the end, so that nobody overlooks one that fails now and then.
// --strict (or CI=true) counts a skipped test as a failure: everything that the tests can use has to be there.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** With more files than this that failed, it is not the machine. */
const MOST_AGAIN = 5;

const root = join(fileURLToPath(import.meta.url), '../..');
const args = process.argv.slice(2);
const strict = args.includes('--strict') || process.env.CI === 'true';
const full = args.includes('--full');
const parts = args.filter((arg) => !arg.startsWith('--'));

const files = readdirSync(join(root, 'build/test'), { recursive: true })
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => (parts.length > 0 ? parts.some((part) => file.includes(part)) : full === goesFurther(file)))
  .sort()
  .map((file) => join(root, 'build/test', file));
if (files.length === 0) {
  console.error(`no test file matches: ${parts.join(' ')}`);
  process.exit(1);
}

/** Whether a file has more in full than it has with all others. */
function goesFurther(file) {
  if (file.startsWith('long/')) return true;
  return full && imports(file, 'support/extent.js');
}

/** Whether a test file, or what it imports of test/support/, imports a file. */
function imports(file, wanted, seen = new Set()) {
  if (file === wanted) return true;
  if (seen.has(file)) return false;
  seen.add(file);
  const text = readFileSync(join(root, 'build/test', file), 'utf8');
  const support = [...text.matchAll(/ from ['"](\.[^'"]+)['"]/g)].map(([, path]) => join(file, '..', path));
  return support.filter((path) => path.startsWith('support/')).some((path) => imports(path, wanted, seen));
}

/** Longest time for a file, milliseconds: in full the tests of faults have outages of minutes. */
const timeout = full || parts.some((part) => part.startsWith('long/')) ? 3_600_000 : 300_000;
const env = full ? { ...process.env, GOFLOW2_TEST_EXTENT: 'full' } : process.env;

/** Runs files; resolves to the exit code, how many tests were skipped, the files in which one failed, and its name. */
function run(list, concurrency) {
  const flags = [`--test-concurrency=${concurrency}`, `--test-timeout=${timeout}`, '--test-reporter=spec'];
  const runner = spawn(process.execPath, ['--test', ...flags, ...list], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: root,
    env,
  });
  let output = '';
  runner.stdout.on('data', (chunk) => {
    process.stdout.write(chunk);
    output += chunk;
  });
  return new Promise((resolve) => {
    runner.on('close', (code) => {
      const skipped = Number(/^ℹ skipped (\d+)$/m.exec(output)?.[1] ?? 0);
      const failed = new Set(
        [...output.matchAll(/^test at (\S+\.test\.js):\d+/gm)].map((match) => join(root, match[1])),
      );
      resolve({
        code: code ?? 1,
        skipped,
        failed: list.filter((file) => failed.has(file)),
        tests: failedTests(output),
        rows: output.slice(0, output.lastIndexOf('failing tests:')).match(/^ *[✔✖] .*\b[FRS]-\d\d\b.*$/gm) ?? [],
      });
    });
  });
}

/** Names of the tests that failed, from the list that the reporter prints at its end. */
function failedTests(output) {
  const list = output.slice(output.lastIndexOf('failing tests:'));
  return [...list.matchAll(/^test at (\S+):\d+:\d+\n✖ (.*?)(?: \([\d.]+ms\))?$/gm)].map(
    ([, file, name]) => `${relative('build/test', file)}: ${name}`,
  );
}

const first = await run(files, full ? 1 : 2);
if (full) console.log(`\nfaults, attacks and goals:\n${first.rows.join('\n')}`);
const { skipped, failed } = first;
let { code } = first;
if (!full && code !== 0 && failed.length > 0 && failed.length <= MOST_AGAIN) {
  // Some tests wait for other processes, and have too little of the machine beside the others: alone they have all.
  console.log(`\nagain, one after the other: ${failed.map((file) => relative(root, file)).join(', ')}`);
  const again = await run(failed, 1);
  ({ code } = again);
  for (const test of first.tests) {
    const now = again.tests.includes(test) ? 'failed again' : 'failed first, passed alone';
    console.log(`UNSTABLE OR BROKEN: ${now}: ${test}`);
  }
}
if (strict && skipped > 0) {
  console.error(`${skipped} tests were skipped, which this run does not allow`);
  process.exit(1);
}
process.exit(code);
