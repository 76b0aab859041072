import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ChildProgram } from '../support/child-program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const program = fileURLToPath(new URL('../../../bin/goflow2plus', import.meta.url));

/** Runs `goflow2plus context` on files of a folder; paths in what it prints are relative to it. */
async function context(t: TestContext, files: Record<string, string>, ...args: string[]) {
  const folder = temporaryFolder(t);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const given = args.map((arg) => arg.replaceAll('@', `${folder}/`));
  const child = new ChildProgram(t, [process.execPath, program, 'context', ...given]);
  const { code } = await child.ended;
  return { code, stdout: child.stdout.replaceAll(`${folder}/`, ''), stderr: child.stderr.replaceAll(`${folder}/`, '') };
}

const base = `networks:
  - name: corp
    cidr: 10.0.0.0/8
    context: { site: fra1, boundary: internal, owner: it }
  - name: web-servers
    cidr: 10.1.0.0/24
    context: { application: web, owner: null }
exporters:
  - name: edge1
    address: 192.0.2.1
    interfaces: [{ index: 10, name: Gi0/0/10, context: { provider: telia } }]
`;
const upper = 'networks: [{ name: web, cidr: 10.1.0.0/24, context: { application: shop } }]\n';

test('context explain shows every candidate with its source, its line, and why it won', async (t) => {
  const files = { 'base.yaml': base, 'upper.yaml': upper };
  const flags = ['-context.config', '@base.yaml,@upper.yaml'];
  const result = await context(t, files, 'explain', '10.1.0.7', '-exporter', '192.0.2.1', '-ifindex=10', ...flags);
  assert.equal(result.stderr, '');
  assert.equal(result.code, 0);
  assert.equal(
    result.stdout,
    `10.1.0.7: web application=shop boundary=internal site=fra1
  10.0.0.0/8  corp  file base.yaml:3:11
    name lost to web (10.1.0.0/24)
    site=fra1: used
    boundary=internal: used
    owner=it: lost to web-servers (10.1.0.0/24)
  10.1.0.0/24  web-servers  file base.yaml:6:11
    name lost to web (10.1.0.0/24)
    application=web: lost to web (10.1.0.0/24)
    owner is cleared
  10.1.0.0/24  web  file upper.yaml:1:31
    its name is used: nothing more specific, and no stronger source
    application=shop: used

exporter 192.0.2.1: edge1
  192.0.2.1/32  edge1  file base.yaml:10:14
    its name is used: nothing more specific, and no stronger source

interface 10: Gi0/0/10 provider=telia
  10 of edge1  Gi0/0/10  file base.yaml:11:18
    its name is used: no more specific exporter has this number
    provider=telia: used
`,
  );
  const nothing = await context(t, files, 'explain', '192.0.2.77', ...flags);
  assert.deepEqual([nothing.code, nothing.stdout], [0, '192.0.2.77: nothing matches\n']);
});

const rules = `exporters:
  - name: pe1
    address: 192.0.2.1
    vrfs: [{ id: 7, name: customer-a, context: { owner: a } }]
networks: [{ name: dmz, cidr: 10.1.0.0/24 }]
applications:
  - { name: https, proto: tcp, ports: [443, 8000-8443], network: dmz, context: { tier: front } }
  - { name: web, proto: tcp, ports: [80, 443], context: { tier: any, owner: it } }
  - { name: lan, network: 10.0.0.0/8 }
`;

test('context explain shows which application rules match, in their order, and VRFs', async (t) => {
  const flags = ['-exporter=192.0.2.1', '-vrf=7', '-proto=tcp', '-port=443', '-context.config=@a.yaml'];
  const result = await context(t, { 'a.yaml': rules }, 'explain', '10.1.0.7', ...flags);
  assert.equal(result.stderr, '');
  assert.equal(
    result.stdout.slice(result.stdout.indexOf('\nVRF')),
    `
VRF 7: customer-a owner=a
  7 of pe1  customer-a  file a.yaml:4:12
    its name is used: no more specific exporter has this number
    owner=a: used

application of tcp port 443: https tier=front
  any protocol any port in 10.0.0.0/8  lan  file a.yaml:9:5
    name lost to https (tcp 443,8000-8443 in dmz)
  tcp 80,443  web  file a.yaml:8:5
    name lost to https (tcp 443,8000-8443 in dmz)
    tier=any: lost to https (tcp 443,8000-8443 in dmz), which is tried before
    owner=it: lost to https (tcp 443,8000-8443 in dmz), which is tried before
  tcp 443,8000-8443 in dmz  https  file a.yaml:7:5
    its name is used: the first rule that matches
    tier=front: used
`,
  );
  const wrong = [
    ['-vrf=7', /-vrf: needs an -exporter/],
    ['-state=a.state', /-state: needs an -exporter/],
    ['-port=443', /-port: needs a -proto/],
    ['-proto=tpc', /-proto: "tpc" is no IP protocol/],
  ] as const;
  for (const [flag, message] of wrong) {
    const { code, stderr } = await context(
      t,
      { 'a.yaml': rules },
      'explain',
      '10.1.0.7',
      flag,
      '-context.config=@a.yaml',
    );
    assert.equal(code, 1, flag);
    assert.match(stderr, message);
  }
});

test('context explain shows what an exporter has told a collector, and whether flows have it', async (t) => {
  const told = (kind: string, id: string, name: string, description = '') => ({
    address: '192.0.2.1',
    version: 9,
    domain: 3,
    kind,
    id,
    name,
    description,
    heard_ms: Date.UTC(2026, 0, 2),
  });
  const names = [
    told('interface', '10', 'Te1', 'uplink'),
    told('vrf', '7', 'customer'),
    { ...told('vrf', '7', 'others'), address: '192.0.2.2' },
  ];
  const files = {
    'base.yaml': base,
    't.state': JSON.stringify({ version: 1, clocks: [], exporters: [], names }),
    'bad.state': '{}',
  };
  const explain = (...args: string[]) => context(t, files, 'explain', '10.1.0.7', '-exporter=192.0.2.1', ...args);
  const both = await explain('-ifindex=10', '-vrf=7', '-state=@t.state', '-context.config=@base.yaml');
  assert.equal(both.stderr, '');
  assert.ok(
    both.stdout.endsWith(`
learned from 192.0.2.1:
  interface  10  Te1  (uplink)
    told 2026-01-02T00:00:00.000Z by NetFlow v9, domain 3: lost to Gi0/0/10 (10 of edge1)
  VRF  7  customer
    told 2026-01-02T00:00:00.000Z by NetFlow v9, domain 3: used where no file has a name
`),
    both.stdout,
  );
  const alone = await explain('-ifindex=11', '-state=@t.state');
  assert.match(alone.stdout, /^10\.1\.0\.7: nothing matches\n[^]*\nlearned from 192\.0\.2\.1: nothing\n$/);
  const bad = await explain('-state=@bad.state');
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /-state: bad\.state: version undefined is not known here/);
});

test('context check tells what there is, or every mistake with its line and column, and ends with 1', async (t) => {
  const fine = await context(t, { 'a.yaml': base }, 'check', '@a.yaml');
  assert.deepEqual([fine.code, fine.stdout], [0, 'a.yaml: 2 networks, 1 exporters, 0 applications\n']);
  const twice = `${base}applications: [{ name: x, port: 1, network: nowhere }]\n`.replace('10.1.0.0/24', '10.0.0.0/8');
  const wrong = await context(t, { 'a.yaml': twice }, 'check', '@a.yaml');
  assert.equal(wrong.code, 1);
  assert.equal(wrong.stdout, '');
  assert.match(wrong.stderr, /^a\.yaml:12:16: there is no network named "nowhere"\n/);
  assert.match(
    wrong.stderr,
    /\na\.yaml:6:11: 10\.0\.0\.0\/8 stands here twice: first in line 3 \(GF_CONTEXT_FILE\)\n$/,
  );
});

test('context without a task, or with a wrong one, says what there is', async (t) => {
  for (const args of [[], ['explain', '10.0.0.1'], ['check'], ['show', '@a.yaml']]) {
    const { code, stderr } = await context(t, {}, ...args);
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, /takes check FILE/);
  }
  const { code, stderr } = await context(t, { 'a.yaml': base }, 'explain', '10.0.0', '-context.config=@a.yaml');
  assert.equal(code, 1);
  assert.match(stderr, /"10\.0\.0" is no address/);
  assert.equal((await context(t, {}, '-help')).code, 0);
});
