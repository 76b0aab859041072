import { test } from 'node:test';
import assert from 'node:assert/strict';
import { slotOf } from '#src/flow/fields.js';
import { contextOf, contextOfFlow, flowWith } from '../../support/context.ts';

const readme = `
networks:
  - name: web-servers
    cidr: 10.1.0.0/24
    context:
      application: web
      tier: frontend
  - name: database-servers
    cidr: 10.1.1.0/24
    context:
      application: database
      tier: backend
`;

const design = `
networks:
  - name: web-servers
    cidr: 10.1.0.0/24
    context: { application: web, tier: frontend }
  - name: corp
    cidr: 10.0.0.0/8
    context: { site: fra1, boundary: internal }
exporters:
  - name: edge1
    address: 192.0.2.1
    context: { role: edge, site: fra1 }
    sampling: { default: 1000 }
    interfaces:
      - { index: 10, name: Gi0/0/10, context: { provider: telia, boundary: external } }
    vrfs:
      - { id: 7, name: customer-7 }
applications:
  - { name: postgres, proto: tcp, port: 5432 }
`;

test("the README's file gives the README's keys", () => {
  const { enricher } = contextOf(readme);
  const flow = flowWith({ src_addr: '10.1.0.7', dst_addr: '10.1.1.9' });
  assert.deepEqual(contextOfFlow(enricher, flow), {
    source_group: 'web-servers',
    destination_group: 'database-servers',
    source_application: 'web',
    source_tier: 'frontend',
    destination_application: 'database',
    destination_tier: 'backend',
  });
});

test('everything at once: keys in their order', () => {
  const { enricher, counters } = contextOf(design);
  const flow = flowWith({
    src_addr: '198.51.100.1',
    dst_addr: '10.1.0.7',
    sampler_address: '192.0.2.1',
    in_if: 10,
    out_if: 11,
    proto: 6,
    src_port: 33000,
    dst_port: 5432,
    egress_vrf_id: 7,
  });
  assert.deepEqual(Object.entries(contextOfFlow(enricher, flow)), [
    ['destination_group', 'web-servers'],
    ['destination_application', 'web'],
    ['destination_boundary', 'internal'],
    ['destination_site', 'fra1'],
    ['destination_tier', 'frontend'],
    ['exporter', 'edge1'],
    ['exporter_role', 'edge'],
    ['exporter_site', 'fra1'],
    ['in_if', 'Gi0/0/10'],
    ['in_if_boundary', 'external'],
    ['in_if_provider', 'telia'],
    ['egress_vrf', 'customer-7'],
    ['application', 'postgres'],
    ['direction', 'inbound'],
  ]);
  assert.equal(counters.get('context_lookups'), 2);
  assert.equal(counters.get('context_hits'), 1);
});

test('nothing that matches is an empty context, of the flow before nothing is left', () => {
  const { enricher } = contextOf(design);
  const flow = flowWith({ src_addr: '10.1.0.7', sampler_address: '192.0.2.1', in_if: 10 });
  assert.equal(Object.keys(contextOfFlow(enricher, flow)).length > 5, true);
  flow.reset();
  assert.deepEqual(contextOfFlow(enricher, flow), {});
});

test('a generation with networks alone leaves nothing of one with more, and the other way around, in any record', () => {
  const { enricher, model: more } = contextOf(design);
  const { model: networks } = contextOf('networks: [{ name: web-servers, cidr: 10.1.0.0/24 }]');
  const columns = { src_addr: '10.1.0.7', sampler_address: '192.0.2.1', in_if: 10, proto: 6, dst_port: 5432 } as const;
  const flows = [flowWith(columns), flowWith(columns)];
  const keys = () => flows.map((flow) => Object.keys(contextOfFlow(enricher, flow)).length);
  const before = keys();
  assert.ok(before[0]! > 5);
  for (let i = 0; i < 3; i++) {
    enricher.model = networks;
    for (const flow of [...flows, ...flows]) {
      assert.deepEqual(contextOfFlow(enricher, flow), { source_group: 'web-servers' });
    }
    enricher.model = more;
    assert.deepEqual(keys(), before);
  }
});

const sourceOf = (text: string | string[], address: string) =>
  contextOfFlow(contextOf(text).enricher, flowWith({ src_addr: address }));

const nested = `
networks:
  - { name: all, cidr: 0.0.0.0/0, context: { a: all, b: all, c: all } }
  - { name: corp, cidr: 10.0.0.0/8, context: { b: corp, c: corp } }
  - { name: hall, cidr: 10.1.0.0/16, context: { c: null, d: hall } }
  - { name: island, cidr: 10.1.2.0/24, inherit: false, context: { e: island } }
  - { name: host, cidr: 10.1.2.3, context: { f: host } }
`;

test('rules 1, 2 and 4: attributes are inherited one by one, null clears, inherit: false stops', () => {
  assert.deepEqual(sourceOf(nested, '192.0.2.1'), {
    source_group: 'all',
    source_a: 'all',
    source_b: 'all',
    source_c: 'all',
  });
  assert.deepEqual(sourceOf(nested, '10.9.9.9'), {
    source_group: 'corp',
    source_a: 'all',
    source_b: 'corp',
    source_c: 'corp',
  });
  assert.deepEqual(sourceOf(nested, '10.1.9.9'), {
    source_group: 'hall',
    source_a: 'all',
    source_b: 'corp',
    source_d: 'hall',
  });
  assert.deepEqual(sourceOf(nested, '10.1.2.9'), { source_group: 'island', source_e: 'island' });
  assert.deepEqual(sourceOf(nested, '10.1.2.3'), { source_group: 'host', source_e: 'island', source_f: 'host' });
});

test('rule 3: of the same prefix in several files, the attributes of the later one win', () => {
  const first = 'networks: [{ name: a, cidr: 10.0.0.0/8, context: { x: first, y: first, z: first } }]';
  const second = 'networks: [{ name: b, cidr: 10.0.0.0/8, context: { y: second, z: null } }]';
  const third = 'networks: [{ name: c, cidr: 10.0.0.0/8, inherit: false, context: { w: third } }]';
  assert.deepEqual(sourceOf([first, second], '10.0.0.1'), { source_group: 'b', source_x: 'first', source_y: 'second' });
  assert.deepEqual(sourceOf([first, second, third], '10.0.0.1'), { source_group: 'c', source_w: 'third' });
});

test('rule 5: ranges become prefixes, mapped addresses match as IPv4, on both sides', () => {
  const text = `
networks:
  - { name: range, range: 10.1.0.10-10.1.0.20 }
  - { name: six, range: '2001:db8::a-2001:db8::14' }
  - { name: mapped, cidr: '::ffff:192.0.2.0/120' }
  - { name: many, cidrs: [198.51.100.0/25, 198.51.100.200, 203.0.113.5-203.0.113.6] }
`;
  const groupOf = (address: string) => sourceOf(text, address)['source_group'];
  assert.deepEqual(['10.1.0.9', '10.1.0.10', '10.1.0.15', '10.1.0.20', '10.1.0.21'].map(groupOf), [
    undefined,
    'range',
    'range',
    'range',
    undefined,
  ]);
  assert.deepEqual(['2001:db8::9', '2001:db8::a', '2001:db8::10', '2001:db8::14', '2001:db8::15'].map(groupOf), [
    undefined,
    'six',
    'six',
    'six',
    undefined,
  ]);
  assert.deepEqual(['192.0.2.77', '::ffff:192.0.2.77', '::ffff:10.1.0.12', '192.0.3.1'].map(groupOf), [
    'mapped',
    'mapped',
    'range',
    undefined,
  ]);
  assert.deepEqual(['198.51.100.127', '198.51.100.128', '198.51.100.200', '203.0.113.6', '203.0.113.7'].map(groupOf), [
    'many',
    undefined,
    'many',
    'many',
    undefined,
  ]);
});

test('exporters by prefix hand down attributes, interfaces, VRFs and sampling rates, each for itself', () => {
  const { enricher, model } = contextOf(`
exporters:
  - name: any
    address: 192.0.2.0/24
    context: { site: fra1, role: access }
    sampling: { default: 100, override: 7 }
    interfaces: [{ index: 1, name: uplink }, { index: 2, name: two }]
    vrfs: [{ id: 0, name: global }]
  - name: edge
    addresses: [192.0.2.1, '2001:db8::1']
    context: { role: edge }
    sampling: { default: 200 }
    interfaces: [{ index: 2, name: other, context: { speed: 10G } }]
`);
  const at = (sampler_address: string) => contextOfFlow(enricher, flowWith({ sampler_address, in_if: 1, out_if: 2 }));
  assert.deepEqual(at('192.0.2.9'), {
    exporter: 'any',
    exporter_role: 'access',
    exporter_site: 'fra1',
    in_if: 'uplink',
    out_if: 'two',
    ingress_vrf: 'global',
    egress_vrf: 'global',
  });
  assert.deepEqual(at('192.0.2.1'), {
    exporter: 'edge',
    exporter_role: 'edge',
    exporter_site: 'fra1',
    in_if: 'uplink',
    out_if: 'other',
    out_if_speed: '10G',
    ingress_vrf: 'global',
    egress_vrf: 'global',
  });
  assert.deepEqual(at('2001:db8::1'), {
    exporter: 'edge',
    exporter_role: 'edge',
    out_if: 'other',
    out_if_speed: '10G',
  });
  assert.deepEqual(at('198.51.100.1'), {});
  const rates = (src_addr: string) => {
    const exporter = model.exporters.lookup(flowWith({ src_addr }), slotOf('src_addr'));
    return [model.exporters.overrideRate(exporter), model.exporters.defaultRate(exporter)];
  };
  assert.deepEqual(['192.0.2.9', '192.0.2.1', '2001:db8::1', '1.1.1.1'].map(rates), [
    [7, 100],
    [7, 200],
    [0, 200],
    [0, 0],
  ]);
});

const direction = `
networks:
  - { name: inside, cidr: 10.0.0.0/8, context: { boundary: internal } }
  - { name: world, cidr: 0.0.0.0/0, context: { boundary: external } }
  - { name: unknown, cidr: 172.16.0.0/12, context: { boundary: null } }
exporters:
  - name: edge
    address: 192.0.2.1
    interfaces:
      - { index: 1, name: inner, context: { boundary: internal } }
      - { index: 2, name: outer, context: { boundary: external } }
`;

test('direction: interfaces first, then networks', () => {
  const { enricher } = contextOf(direction);
  const of = (src_addr: string, dst_addr: string, in_if = 0, out_if = 0) =>
    contextOfFlow(enricher, flowWith({ src_addr, dst_addr, in_if, out_if, sampler_address: '192.0.2.1' }))['direction'];
  assert.equal(of('10.0.0.1', '10.0.0.2'), 'internal');
  assert.equal(of('198.51.100.1', '10.0.0.2'), 'inbound');
  assert.equal(of('10.0.0.1', '198.51.100.1'), 'outbound');
  assert.equal(of('198.51.100.1', '203.0.113.1'), 'transit');
  assert.equal(of('10.0.0.1', '10.0.0.2', 2, 1), 'inbound');
  assert.equal(of('10.0.0.1', '10.0.0.2', 1, 2), 'outbound');
  assert.equal(of('10.0.0.1', '10.0.0.2', 2, 2), 'transit');
  assert.equal(of('198.51.100.1', '10.0.0.2', 1, 0), 'internal');
  assert.equal(of('172.16.0.1', '10.0.0.2'), undefined);
  assert.equal(of('172.16.0.1', '10.0.0.2', 2, 0), 'inbound');
});

const applications = `
networks:
  - { name: db, cidr: 10.1.0.0/16 }
  - { name: island, cidr: 10.1.5.0/24, inherit: false }
applications:
  - { name: db-postgres, proto: tcp, port: 5432, network: db }
  - { name: lab, network: 10.2.0.0/16 }
  - { name: postgres, proto: tcp, port: 5432, context: { team: data } }
  - { name: web, proto: tcp, ports: [80, 443, 8000-8100] }
  - { name: dns, port: 53 }
  - { name: ping, proto: icmp }
  - { name: high, proto: 17, ports: 50000-60000 }
`;

test('applications (D-24): either port, the network of that side, the first rule', () => {
  const { enricher } = contextOf(applications);
  const of = (proto: number, src: string, src_port: number, dst: string, dst_port: number) =>
    contextOfFlow(enricher, flowWith({ proto, src_addr: src, src_port, dst_addr: dst, dst_port }))['application'];
  assert.equal(of(6, '1.1.1.1', 40000, '1.1.1.2', 5432), 'postgres');
  assert.equal(of(6, '1.1.1.1', 5432, '1.1.1.2', 40000), 'postgres');
  assert.equal(of(6, '1.1.1.1', 40000, '10.1.0.1', 5432), 'db-postgres');
  assert.equal(of(6, '10.1.5.1', 5432, '1.1.1.1', 40000), 'db-postgres', 'inherit: false is about attributes');
  assert.equal(of(6, '10.1.0.1', 40000, '1.1.1.2', 5432), 'postgres', 'the network is on the other side');
  assert.equal(of(17, '1.1.1.1', 40000, '1.1.1.2', 5432), undefined);
  assert.equal(of(6, '10.2.0.1', 40000, '1.1.1.2', 5432), 'lab');
  assert.equal(of(47, '1.1.1.1', 0, '10.2.0.1', 0), 'lab');
  assert.equal(of(6, '1.1.1.1', 8050, '1.1.1.2', 40000), 'web');
  assert.equal(of(6, '1.1.1.1', 443, '1.1.1.2', 53), 'web', 'the first rule, whatever the side');
  assert.equal(of(132, '1.1.1.1', 9, '1.1.1.2', 53), 'dns');
  assert.equal(of(1, '1.1.1.1', 0, '1.1.1.2', 0), 'ping');
  assert.equal(of(17, '1.1.1.1', 49999, '1.1.1.2', 60000), 'high');
  assert.equal(of(17, '1.1.1.1', 49999, '1.1.1.2', 60001), undefined);
  assert.equal(of(6, '1.1.1.1', 65536 + 80, '1.1.1.2', 0xffffffff), undefined, 'no port');
  assert.equal(of(6 + 256, '1.1.1.1', 0, '1.1.1.2', 80), undefined, 'no protocol');
  assert.equal(sourceGroup('10.2.0.1'), undefined, 'the prefix of a rule is no network');

  function sourceGroup(address: string) {
    return contextOfFlow(enricher, flowWith({ src_addr: address }))['source_group'];
  }
});

test('applications of a later file come before those of an earlier one', () => {
  const first = 'applications: [{ name: a, proto: tcp, port: 80 }, { name: b, proto: tcp, port: 81 }]';
  const second = 'applications: [{ name: c, proto: tcp, port: 80 }]';
  const { enricher } = contextOf([first, second]);
  const of = (dst_port: number) => contextOfFlow(enricher, flowWith({ proto: 6, dst_port }))['application'];
  assert.deepEqual([80, 81, 82].map(of), ['c', 'b', undefined]);
});

test('empty documents work', () => {
  for (const text of ['', 'networks:\n', '{}', 'networks: []\nexporters: []\napplications: []\n']) {
    assert.deepEqual(contextOfFlow(contextOf(text).enricher, flowWith({ src_addr: '10.0.0.1', proto: 6 })), {});
  }
});

test('names that mean something to JavaScript mean nothing here (S-13)', () => {
  const { enricher } = contextOf(`
networks:
  - name: __proto__
    cidr: 10.0.0.0/8
    context: { __proto__: a, constructor: b, toString: c, 1.10: 1.10 }
`);
  enricher.enrich(flowWith({ src_addr: '10.0.0.1' }));
  const flow = flowWith({ src_addr: '10.0.0.1' });
  enricher.enrich(flow);
  assert.deepEqual(flow.context.entries(), [
    ['source_group', '__proto__'],
    ['source_1.10', '1.10'],
    ['source___proto__', 'a'],
    ['source_constructor', 'b'],
    ['source_toString', 'c'],
  ]);
});
