// Plants faults in the built decoders and the code that keeps the books, one at a time, and looks whether the tests
// notice: `node tools/seeded-faults.mjs [--count N] [--match TEXT] [--list]`, after `npm run build:test`.
//
// The places are found by patterns (seeded-faults/operators.mjs). Of all of them the N whose hash is smallest are
// taken, so that the choice stays the same while the code does. At least 90 % have to be caught.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { counterTable } from '../dist/metrics/counters.js';
import { known } from './seeded-faults/known.mjs';
import { operators } from './seeded-faults/operators.mjs';
import { reachOf } from './seeded-faults/reach.mjs';

const root = join(fileURLToPath(import.meta.url), '../..');
const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '90' },
    match: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
  },
});

/** Where faults are planted. */
const planted = (file) =>
  /^(decode|produce)\/.*\.js$/.test(file) || ['metrics/accounting.js', 'pipeline/pipeline.js'].includes(file);

/** Tests that may notice. Those that run the place of a fault are found by coverage. */
const candidates = /^(decode|produce|mapping|metrics|pipeline\/(pipeline|batch)|vectors|fuzz)/;
const tests = readdirSync(join(root, 'build/test'), { recursive: true }).filter(
  (file) => file.endsWith('.test.js') && candidates.test(file),
);
const environment = { ...process.env, GOFLOW2PLUS_FUZZ_INPUTS: '1500', GOFLOW2_CORPUS: join(root, 'none') };

/** Longest time for one fault, milliseconds: a loop without end is a fault that was noticed. */
const TIMEOUT = 90_000;

function places() {
  const found = [];
  for (const file of readdirSync(join(root, 'dist'), { recursive: true }).filter(planted).sort()) {
    const text = readFileSync(join(root, 'dist', file), 'utf8');
    for (const { name, pattern, replace } of operators(counterTable)) {
      for (const match of text.matchAll(pattern)) {
        const changed = replace(...match);
        if (changed === match[0] || isComment(text, match.index)) continue;
        const line = text.slice(0, match.index).split('\n').length;
        const code = text.split('\n')[line - 1].trim();
        const hash = createHash('sha256').update(`${file} ${name} ${code} ${match[0]}`).digest('hex');
        found.push({ file, name, line, code, from: match[0], to: changed, index: match.index, hash });
      }
    }
  }
  return found;
}

function isComment(text, index) {
  const line = text.slice(text.lastIndexOf('\n', index) + 1, index);
  return line.includes('//') || /^\s*(\/\*|\*)/.test(line);
}

const describe = ({ file, line, name, from, to }) => `${file}:${line}: ${name}: ${from} -> ${to}`.replaceAll('\n', ' ');
const knownAs = (fault) => known.find(({ file, code }) => fault.file === file && fault.code.includes(code));

/** A copy of the project in which a fault can be planted; what nothing is planted in, and nothing runs, is a link. */
function makeCopy() {
  const folder = mkdtempSync(join(tmpdir(), 'goflow2plus-faults-'));
  const copied = ['dist', 'build', 'tools', 'package.json'];
  for (const part of readdirSync(root).filter((name) => !name.startsWith('.'))) {
    if (!copied.includes(part)) symlinkSync(join(root, part), join(folder, part));
    else
      cpSync(join(root, part), join(folder, part), {
        recursive: true,
        filter: (path) => !path.includes('node_modules'),
      });
  }
  return folder;
}

/** Tests that run the place of a fault, the quickest first. */
function testsFor({ file, index }) {
  const reached = tests.filter((test) => reach.get(test).reaches(file, index));
  return reached.toSorted((a, b) => reach.get(a).ms - reach.get(b).ms);
}

/** The name of the test that noticed; undefined when none did. */
function examine(copy, fault) {
  const { file, index, from, to } = fault;
  const noticing = testsFor(fault);
  if (noticing.length === 0) return undefined;
  const path = join(copy, 'dist', file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.slice(0, index) + to + text.slice(index + from.length));
  const entry = join(copy, 'entry.mjs');
  writeFileSync(entry, noticing.map((test) => `await import('./build/test/${test}');`).join('\n'));
  const reporter = pathToFileURL(join(root, 'tools/seeded-faults/first-failure.mjs')).href;
  return new Promise((resolve, reject) => {
    const run = spawn(process.execPath, [`--test-reporter=${reporter}`, entry], {
      cwd: copy,
      env: environment,
      timeout: TIMEOUT,
      killSignal: 'SIGKILL',
    });
    let output = '';
    let errors = '';
    run.stdout.on('data', (chunk) => (output += chunk));
    run.stderr.on('data', (chunk) => (errors += chunk));
    run.on('close', (code, signal) => {
      writeFileSync(path, text);
      // What is no JavaScript any more would be noticed by everybody: it proves nothing about the tests.
      if (errors.includes('SyntaxError')) reject(new Error(`${describe(fault)} is no fault: ${errors}`));
      else if (code === 0) resolve(undefined);
      else resolve(output.split('\n')[0] || (signal === null ? `at its start: ${errors}` : 'it did not end'));
    });
  });
}

const all = places().filter((fault) => describe(fault).includes(options.match));
const chosen = all
  .filter((fault) => knownAs(fault)?.changesNothing !== true)
  .toSorted((a, b) => (a.hash < b.hash ? -1 : 1))
  .slice(0, Number(options.count));
console.log(`${all.length} places for faults, ${chosen.length} chosen`);
if (options.list) {
  for (const fault of chosen) console.log(describe(fault));
  process.exit(0);
}

const begin = performance.now();
const seconds = () => ((performance.now() - begin) / 1000).toFixed(0);
const unharmed = makeCopy();
const reach = await reachOf(unharmed, tests, environment);
rmSync(unharmed, { recursive: true, force: true });
console.log(`what ${tests.length} test files run was found in ${seconds()} s`);
const queue = [...chosen];
let caught = 0;
async function work() {
  const copy = makeCopy();
  try {
    for (let fault = queue.shift(); fault !== undefined; fault = queue.shift()) {
      const noticed = await examine(copy, fault);
      if (noticed === undefined) {
        console.log(`SURVIVED ${describe(fault)}; why: ${knownAs(fault)?.why ?? 'not looked into yet'}`);
      } else {
        caught++;
        if (options.match !== '') console.log(`caught by "${noticed}": ${describe(fault)}`);
      }
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, work));
const share = (100 * caught) / chosen.length;
console.log(`${caught} of ${chosen.length} planted faults were caught (${share.toFixed(1)} %) in ` + `${seconds()} s`);
process.exitCode = share >= 90 ? 0 : 1;
