// Installs what the tests can use and this machine lacks: `node tools/install-test-packages.mjs`.
// As root on Debian (and its kin) by apt-get; anywhere else it names what is missing and ends well, because the tests
// skip what they miss, one line each. With CI=true anything that is still missing is a failure.
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const packages = JSON.parse(readFileSync(new URL('test-packages.json', import.meta.url), 'utf8'));
const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];

function found(command) {
  return folders.some((folder) => {
    try {
      accessSync(resolve(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const missing = () => packages.filter(({ command }) => !found(command));

function install(names) {
  // Some of these packages start a service that would take the ports of the tests: Debian asks this file first.
  const policy = '/usr/sbin/policy-rc.d';
  const own = !existsSync(policy);
  if (own) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env });
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env,
    });
  } finally {
    if (own) rmSync(policy);
  }
}

if (missing().length > 0 && process.getuid?.() === 0 && found('apt-get')) {
  const names = missing().map((row) => row.package);
  console.log(`installing for the tests: ${names.join(' ')}`);
  try {
    install(names);
  } catch (error) {
    console.error(`apt-get failed: ${error.message}`);
  }
}

for (const row of missing()) console.log(`missing for the tests: ${row.package} (${row.for})`);
if (missing().length > 0) {
  console.log(
    `to have it all on Debian: apt-get install ${missing()
      .map((row) => row.package)
      .join(' ')}`,
  );
  if (process.env.CI === 'true') process.exit(1);
}
