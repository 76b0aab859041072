// The programs and the threads that they start, each with few files to load: `node tools/bundle.mjs`, the second half of
// `npm run build`. Loading some 260 modules one by one is half of the time from the start to the first flow. Packages stay
// outside; what the programs load only when it is needed stays apart too. Read by bin/; the library is dist/ as it is.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { programs, threads } from './programs.mjs';

const root = join(fileURLToPath(import.meta.url), '../..');
const outdir = join(root, 'programs');

rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: [...programs.map((name) => `cmd/${name}`), ...threads].map((path) => join(root, 'dist', `${path}.js`)),
  outbase: join(root, 'dist'),
  outdir,
  // As deep as the module that finds the files of the program by its own place, src/config/program-files.ts.
  chunkNames: 'chunks/[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
