// Which tests run which code: every test file once, with V8's coverage. A fault is then shown only to the tests that
// run the place where it is planted, the quickest first.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * @param folder with `dist` and `build`
 * @param tests paths in `build/test`
 * @returns for each test its milliseconds and `reaches(file, index)`, whether it runs that character of `dist/file`
 */
export async function reachOf(folder, tests, env) {
  const found = new Map();
  const queue = [...tests];
  const work = async () => {
    for (let test = queue.shift(); test !== undefined; test = queue.shift()) {
      found.set(test, await run(folder, test, env));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return found;
}

async function run(folder, test, env) {
  const coverage = mkdtempSync(join(tmpdir(), 'goflow2plus-reach-'));
  const begin = performance.now();
  const child = spawn(process.execPath, [join('build/test', test)], {
    cwd: folder,
    env: { ...env, NODE_V8_COVERAGE: coverage },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`without a fault ${test} fails already: ${output}`);
  const ms = performance.now() - begin;
  const prefix = pathToFileURL(join(folder, 'dist/')).href;
  const ranges = new Map();
  for (const name of readdirSync(coverage)) {
    for (const { url, functions } of JSON.parse(readFileSync(join(coverage, name), 'utf8')).result) {
      if (!url.startsWith(prefix)) continue;
      const file = url.slice(prefix.length);
      ranges.set(file, [...(ranges.get(file) ?? []), functions.flatMap((each) => each.ranges)]);
    }
  }
  rmSync(coverage, { recursive: true, force: true });
  const reaches = (file, index) => (ranges.get(file) ?? []).some((each) => isReached(each, index));
  return { ms, reaches };
}

/** The smallest range around a place says whether it was run. */
function isReached(ranges, index) {
  let smallest = Infinity;
  let reached = false;
  for (const { startOffset, endOffset, count } of ranges) {
    const size = endOffset - startOffset;
    if (startOffset > index || endOffset <= index || size > smallest) continue;
    smallest = size;
    reached = count > 0;
  }
  return reached;
}
