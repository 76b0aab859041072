// Writes flow_pb.ts, for the tests and for an example, from pb/flow.proto: `node tools/generate-proto.mjs`, after `npm --prefix tools install`.
// The tests read our protobuf with it, through a protobuf library that is not ours. buf and its plugin are large, so
// they are no dependencies of the project; where they are missing, the committed file stays as it is.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tools = fileURLToPath(new URL('.', import.meta.url));
const programs = join(tools, 'node_modules/.bin');

const template = {
  version: 'v2',
  plugins: ['test/gen', 'examples/nats-consumer/gen'].map((out) => ({
    local: join(programs, 'protoc-gen-es'),
    out,
    // The compiler options of the project allow no enums of TypeScript.
    opt: ['target=ts', 'import_extension=js', 'erasable_syntax=true'],
  })),
};

if (!existsSync(join(programs, 'buf'))) {
  console.error('flow_pb.ts is left as it is: buf is not installed (npm --prefix tools install)');
} else {
  const { status, error } = spawnSync(
    join(programs, 'buf'),
    ['generate', 'pb', '--path', 'pb/flow.proto', '--template', JSON.stringify(template)],
    { cwd: join(tools, '..'), stdio: 'inherit' },
  );
  if (error) throw error;
  process.exitCode = status ?? 1;
}
