import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/requirements.ts';

interface Locked {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly hasInstallScript?: boolean;
  readonly integrity?: string;
}

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly optionalDependencies: Record<string, string>;
}

const read = <T>(file: string) => JSON.parse(readFileSync(join(root, file), 'utf8')) as T;
const locked = Object.entries(read<{ packages: Record<string, Locked> }>('package-lock.json').packages).filter(
  ([path]) => path !== '',
);
const { dependencies, optionalDependencies } = read<Manifest>('package.json');

test('S-15 ten direct packages at run time, 32 in all, each with its reason in docs/dependencies.md', () => {
  const direct = Object.keys({ ...dependencies, ...optionalDependencies });
  assert.ok(direct.length <= 10, direct.join(' '));
  // of the builds of koffi for one platform each, one is installed
  const all = locked.filter(([path, { dev, os }]) => dev !== true && (os === undefined || path.endsWith('linux-x64')));
  assert.ok(all.length <= 32, `${all.length} packages`);
  const rows = readFileSync(join(root, 'docs/dependencies.md'), 'utf8').match(/(?<=^\| `)[^`]+/gm) ?? [];
  assert.deepEqual([...rows].sort(), direct.sort());
});

test('S-15 exact versions, and integrity for everything that is installed', () => {
  for (const version of Object.values({ ...dependencies, ...optionalDependencies })) assert.match(version, /^\d/);
  for (const [path, { integrity }] of locked) assert.ok(integrity !== undefined, path);
});
