import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { codegenAvailable } from '#src/codegen/available.js';
import { root } from '../support/requirements.ts';

const program = `
  import { codegenAvailable } from '#src/codegen/available.js';
  import { formats } from '#src/format/formats.js';
  import { ByteWriter } from '#src/format/byte-writer.js';
  import { FlowRecord } from '#src/flow/flow-record.js';
  const flow = new FlowRecord();
  const text = [...formats.values()].map((create) => {
    const format = create();
    const out = new ByteWriter(new Uint8Array(format.bound(flow)));
    format.write(flow, out);
    return Buffer.from(out.bytes.subarray(0, out.pos)).toString('hex');
  });
  console.log(JSON.stringify([codegenAvailable(), ...text]));
`;

const run = (...flags: string[]): unknown[] =>
  JSON.parse(
    execFileSync(process.execPath, [...flags, '--input-type=module', '--eval', program], {
      cwd: root,
      encoding: 'utf8',
      timeout: 30_000,
    }),
  ) as unknown[];

test('code is generated unless the process forbids it, and the output is the same', () => {
  assert.equal(codegenAvailable(), true);
  const [available, ...text] = run();
  const [forbidden, ...interpreted] = run('--disallow-code-generation-from-strings');
  assert.equal(available, true);
  assert.equal(forbidden, false);
  assert.deepEqual(interpreted, text);
});
