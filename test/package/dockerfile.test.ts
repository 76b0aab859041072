/** The Dockerfile without a container engine: its COPY and RUN steps in folders, and its entry point as another user. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ChildProgram } from '../support/child-program.ts';
import { commandPath, root, skipUnlessRoot } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Instructions with continuation lines joined, comments left out. */
const instructions = readFileSync(join(root, 'Dockerfile'), 'utf8')
  .replaceAll(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => /^[A-Z]+ /.test(line))
  .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const);

test('the image: built in empty folders, run by a user who can write nothing', skipUnlessRoot(), async (t) => {
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o755);
  const stages = new Map<string, string>();
  /** A path of the image at hand as one of ours. */
  let [image, place] = ['', ''];
  const here = (path: string) => (path.startsWith('/') ? join(image, path) : join(image, place, path));
  let [entry, check, user]: [string[], string[], string] = [[], [], ''];
  for (const [instruction, text] of instructions) {
    switch (instruction) {
      case 'FROM':
        image = join(folder, String(stages.size));
        stages.set(/ AS (\S+)/.exec(text)?.[1] ?? 'last', image);
        mkdirSync(image);
        break;
      case 'WORKDIR':
        place = text;
        mkdirSync(here(''), { recursive: true });
        break;
      case 'COPY': {
        const [, stage, paths = ''] = /^(?:--from=(\S+) )?(.*)$/.exec(text)!;
        const words = paths.split(' ');
        const to = words.pop()!;
        for (const from of words) {
          const source = stage === undefined ? join(root, from) : join(stages.get(stage)!, from);
          const target = to.endsWith('/') ? join(here(to), basename(from)) : here(to);
          cpSync(source, target, { recursive: true, verbatimSymlinks: true });
        }
        break;
      }
      case 'RUN':
        execFileSync('sh', ['-ec', text], { cwd: here(''), stdio: 'pipe' });
        break;
      case 'USER':
        user = text;
        break;
      case 'ENTRYPOINT':
        entry = JSON.parse(text) as string[];
        break;
      case 'HEALTHCHECK':
        check = JSON.parse(text.slice(text.indexOf('CMD ') + 4)) as string[];
        break;
      default:
        assert.equal(instruction, 'EXPOSE', 'this test knows every instruction');
    }
  }
  assert.equal(user, 'node', 'not root');
  const asNobody = [commandPath('setpriv')!, '--reuid=65534', '--regid=65534', '--clear-groups'];
  const command = ([program = '', ...args]: string[]) => [...asNobody, process.execPath, here(program), ...args];
  const collector = new ChildProgram(t, [
    ...command(entry),
    '-logfmt=json',
    '-listen=netflow://127.0.0.1:0',
    '-addr=127.0.0.1:0',
  ]);
  await collector.until(() => collector.stderr.includes('starting collection'));
  const port = /"msg":"starting HTTP server".*"port":(\d+)/.exec(collector.stderr)![1]!;
  const healthy = new ChildProgram(t, command([...check, `-addr=127.0.0.1:${port}`]));
  assert.deepEqual([(await healthy.ended).code, healthy.stdout], [0, 'OK\n']);
  assert.deepEqual(await collector.stop(), { code: 0, signal: null });
});
