// `npm run release [-- --target linux-x64] [--out FOLDER]`: what a release consists of, in release/ by default.
//
//   goflow2plus-VERSION-linux-x64, -linux-arm64, enricher-...   single executables, with Node.js in them
//   goflow2plus-VERSION.tar.gz                                  portable, for a Node.js that is there
//   goflow2plus-VERSION.cdx.json                                software bill of materials (CycloneDX)
//   SHA256SUMS
//
// The executables are Node's own (npm packages node-linux-*), with the program as one script a thread and koffi's library
// as assets. Nothing in them depends on the time or the folder of the build.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
} from 'node:fs';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { inject } from 'postject';
import { programs, threads } from '../programs.mjs';

const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

const root = join(fileURLToPath(import.meta.url), '../../..');
const { values } = parseArgs({
  options: { target: { type: 'string', multiple: true }, out: { type: 'string', default: join(root, 'release') } },
});
const targets = values.target ?? ['linux-x64', 'linux-arm64'];
const out = resolve(values.out);
const { version, optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { optionalDependencies: nodes } = JSON.parse(readFileSync(join(root, 'tools/package.json'), 'utf8'));

const files = ['package.json', 'data/ipfix-elements.tsv', 'data/demo-context.yaml'];

const work = mkdtempSync(join(tmpdir(), 'goflow2plus-release-'));
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
try {
  for (const thread of threads) await bundle(`import './${thread}.js';`, `threads/${thread}.js`);
  for (const program of programs) {
    const start = `import { main } from './cmd/${program}.js'; void main(process.argv.slice(2));`;
    await bundle(start, `${program}.js`);
  }
  for (const target of targets) await executables(target);
  portable();
  writeFileSync(join(out, `goflow2plus-${version}.cdx.json`), bill());
  writeFileSync(join(out, 'SHA256SUMS'), sums());
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(readFileSync(join(out, 'SHA256SUMS'), 'utf8').trimEnd());

/** One script of all that a thread imports. */
async function bundle(contents, file) {
  await build({
    stdin: { contents, resolveDir: join(root, 'dist') },
    outfile: join(work, file),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    legalComments: 'inline',
    logLevel: 'warning',
    define: { 'import.meta.url': '__url', 'import.meta.dirname': '__folder' },
    banner: {
      js: `const __url = require('node:url').pathToFileURL(process.execPath).href, __folder = process.cwd();`,
    },
    alias: { koffi: join(root, 'node_modules/koffi/indirect.js') },
    plugins: [
      {
        name: 'program-files',
        setup(bundle) {
          bundle.onLoad({ filter: /\/dist\/config\/program-files\.js$/ }, () => ({
            contents: readFileSync(join(root, 'tools/release/program-files.mjs'), 'utf8'),
          }));
        },
      },
    ],
  });
}

async function executables(target) {
  const node = join(npmPackage(`node-${target}`, nodes[`node-${target}`]), 'bin/node');
  const koffi = npmPackage(`@koromix/koffi-${target}`, optionalDependencies.koffi);
  const arch = target.split('-')[1];
  const assets = Object.fromEntries([
    ...files.map((file) => [file, join(root, file)]),
    ...threads.map((thread) => [`threads/${thread}.js`, join(work, 'threads', `${thread}.js`)]),
    ...['linux', 'musl'].map((libc) => [`koffi/${libc}_${arch}/koffi.node`, join(koffi, `${libc}_${arch}/koffi.node`)]),
  ]);
  for (const program of programs) {
    const [config, blob] = [join(work, 'sea.json'), join(work, 'sea.blob')];
    const main = join(work, `${program}.js`);
    writeFileSync(config, JSON.stringify({ main, output: blob, assets, disableExperimentalSEAWarning: true }));
    execFileSync(hostNode(), ['--experimental-sea-config', config], { stdio: 'ignore' });
    const file = join(out, `${program}-${version}-${target}`);
    copyFileSync(node, file);
    chmodSync(file, 0o755);
    await inject(file, 'NODE_SEA_BLOB', readFileSync(blob), { sentinelFuse: FUSE });
  }
}

/** The Node.js that makes the blobs: of the version that goes into the executables. */
function hostNode() {
  const name = `node-${process.platform}-${process.arch}`;
  return join(npmPackage(name, nodes[name]), 'bin/node');
}

/** Folder of a package, whatever platform it is for: of node_modules, or as the registry has it. */
function npmPackage(name, wanted) {
  for (const folder of [join(root, 'tools/node_modules', name), join(root, 'node_modules', name)]) {
    if (existsSync(folder)) return folder;
  }
  const folder = join(work, 'packages', name);
  if (existsSync(folder)) return join(folder, 'package');
  mkdirSync(folder, { recursive: true });
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, `${name}@${wanted}`], {
    encoding: 'utf8',
  }).trim();
  execFileSync('tar', ['xzf', join(folder, packed), '-C', folder]);
  return join(folder, 'package');
}

/** The package with what it needs, and the two programs on top. */
function portable() {
  const name = `goflow2plus-${version}`;
  const folder = join(work, name);
  for (const file of ['dist', 'programs', 'bin', 'data', 'pb', 'cmd', 'docs', 'README.md', 'CHANGELOG.md', 'LICENSE']) {
    cpSync(join(root, file), join(folder, file), { recursive: true });
  }
  for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(root, file), join(folder, file));
  execFileSync('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'ignore',
  });
  for (const program of programs) {
    const script = `#!/bin/sh\nexec node "$(dirname "$(readlink -f "$0")")/bin/${program}" "$@"\n`;
    writeFileSync(join(folder, program), script, { mode: 0o755 });
  }
  const order = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--exclude=.tsbuildinfo'];
  const tar = execFileSync('tar', ['cf', '-', ...order, '-C', work, name], { maxBuffer: 2 ** 30 });
  writeFileSync(join(out, `${name}.tar.gz`), execFileSync('gzip', ['-n9'], { input: tar, maxBuffer: 2 ** 30 }));
}

/** What npm knows of the packages, without what differs from one call to the next. */
function bill() {
  const args = ['sbom', '--sbom-format=cyclonedx', '--omit=dev'];
  const sbom = JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8' }));
  delete sbom.serialNumber;
  delete sbom.metadata.timestamp;
  return `${JSON.stringify(sbom, null, 2)}\n`;
}

function sums() {
  const lines = readdirSync(out)
    .sort()
    .map(
      (file) =>
        `${createHash('sha256')
          .update(readFileSync(join(out, file)))
          .digest('hex')}  ${file}`,
    );
  return `${lines.join('\n')}\n`;
}
