import { test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { explainApplication } from '#src/enrich/context/explain-application.js';
import { explainExporter, explainNetwork, explainPort } from '#src/enrich/context/explain.js';
import type { Explanation } from '#src/enrich/context/explain.js';
import { ConfigErrors } from '#src/config/problems.js';
import { readContextFiles } from '#src/enrich/context/read-files.js';
import { parseAddress } from '#src/flow/address.js';
import { contextOf, contextOfFlow, flowWith } from '../../support/context.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const attributes = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.oneof(fc.constantFrom('x', 'y'), fc.constant(null)),
  { maxKeys: 3 },
);
const cidrs = [
  '0.0.0.0/0',
  '10.0.0.0/8',
  '10.1.0.0/16',
  '10.1.2.0/24',
  '10.1.2.3',
  '::/0',
  '2001:db8::/32',
  '2001:db8::1',
];
const object = (key: string) =>
  fc.record({
    name: fc.constantFrom('n1', 'n2', 'n3'),
    [key]: fc.constantFrom(...cidrs),
    context: attributes,
    inherit: fc.boolean(),
  });
const unique = (key: string) => ({ selector: (each: Record<string, unknown>) => each[key] });
const ports = (key: string) =>
  fc.uniqueArray(
    fc.record({ [key]: fc.constantFrom(1, 2), name: fc.constantFrom('if1', 'if2'), context: attributes }),
    unique(key),
  );
const application = fc.record({
  name: fc.constantFrom('app1', 'app2', 'app3'),
  ports: fc.constantFrom<(number | string)[]>([], [0], [443], ['80-90', 443], ['400-500', '440-600']),
  proto: fc.constantFrom(null, 'tcp', 17),
  network: fc.constantFrom(null, 'n1', 'n2', '10.1.0.0/16', '10.1.2.3', '2001:db8::/32', '0.0.0.0/0'),
  context: attributes,
});
/** A rule without any condition is a mistake. */
const conditional = application.filter(({ ports: numbers, proto, network }) => {
  return numbers.length > 0 || proto !== null || network !== null;
});
const document = fc.record({
  networks: fc.uniqueArray(object('cidr'), unique('cidr')),
  exporters: fc.uniqueArray(
    fc.tuple(object('address'), ports('index'), ports('id')).map(([exporter, interfaces, vrfs]) => {
      return { ...exporter, interfaces, vrfs };
    }),
    unique('address'),
  ),
  applications: fc.array(conditional, { maxLength: 4 }),
});

/** Undefined where ranges have a prefix twice. */
function contextOrNone(texts: readonly string[]) {
  try {
    return contextOf(texts);
  } catch (error) {
    if (error instanceof ConfigErrors) return undefined;
    throw error;
  }
}

/** What an explanation comes to, as keys of a flow. */
function keysOf({ name, attributes: found }: Explanation, key: string, prefix: string): Record<string, string> {
  const own = name === undefined ? {} : { [key]: name };
  return { ...own, ...Object.fromEntries([...found].map(([each, value]) => [`${prefix}${each}`, value])) };
}

test('an explanation comes to what flows get, over layers, prefixes, nulls and inheritance', (t) => {
  const folder = temporaryFolder(t);
  fc.assert(
    fc.property(
      fc.array(document, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('10.1.2.3', '10.1.9.9', '::1', '2001:db8::1'),
      fc.constantFrom([6, 443], [6, 85], [17, 443], [17, 0], [1, 0]),
      (documents, address, [proto, port]) => {
        const paths = documents.map((each, i) => {
          const path = join(folder, `${i}.yaml`);
          writeFileSync(path, JSON.stringify(each));
          return path;
        });
        const { draft } = readContextFiles(paths);
        const compiled = contextOrNone(documents.map((each) => JSON.stringify(each)));
        fc.pre(compiled !== undefined);
        const octets = parseAddress(address)!;
        const sides = { src_addr: address, src_port: port!, dst_addr: address, dst_port: port! };
        const exporter = { sampler_address: address, in_if: 1, ingress_vrf_id: 2 };
        const context = contextOfFlow(compiled.enricher, flowWith({ ...sides, proto: proto!, ...exporter }));
        const explained = {
          ...keysOf(explainNetwork(draft, octets), 'source_group', 'source_'),
          ...keysOf(explainNetwork(draft, octets), 'destination_group', 'destination_'),
          ...keysOf(explainExporter(draft, octets), 'exporter', 'exporter_'),
          ...keysOf(explainPort(draft, octets, 'interfaces', 1), 'in_if', 'in_if_'),
          ...keysOf(explainPort(draft, octets, 'vrfs', 2), 'ingress_vrf', 'ingress_vrf_'),
          ...keysOf(
            explainApplication(draft, { address: octets, protocol: proto!, port: port! }),
            'application',
            'application_',
          ),
        };
        assert.deepEqual(explained, context);
      },
    ),
    { numRuns: 120 },
  );
});
