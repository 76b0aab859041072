import { test } from 'node:test';
import assert from 'node:assert/strict';
import { CelScalar, celEnv, celFunc, isCelError, parse, plan } from '@bufbuild/cel';
import fc from 'fast-check';
import { buildFilter, filterColumns, readFilter } from '#src/filter/filter.js';
import { parseAddress } from '#src/flow/address.js';
import { column, slotOf } from '#src/flow/fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';
import { contextOf } from '../support/context.ts';

const { enricher } = contextOf(`
networks:
  - { name: web-servers, cidr: 10.1.0.0/16, context: { site: fra1, tier: "größe 😀" } }
  - { name: db, cidr: 10.2.0.0/16, context: { site: fra2 } }
  - { name: v6, cidr: "2001:db8::/32", context: { site: fra1 } }
`);
const keys = ['source_group', 'source_site', 'source_tier', 'destination_group', 'destination_site'];
const addresses = ['10.1.0.1', '10.2.3.4', '192.0.2.1', '2001:db8::1', '2001:db9::1'];
const texts = ['web-servers', 'fra1', 'fra2', 'größe 😀', '', 'fra', 'e'];
const networks = ['10.0.0.0/8', '10.1.0.1', '10.1.0.0/16', '2001:db8::/33', '0.0.0.0/0', '::/0', '192.0.2.0/31'];
const numbers = ['bytes', 'packets', 'time_received_ns', 'src_port', 'dst_port', 'in_if', 'src_as'] as const;

/** A flow, and the same for the library. */
interface Sample {
  readonly flow: FlowRecord;
  readonly input: Record<string, unknown>;
}

const number = fc.oneof(
  fc.constantFrom(0n, 1n, 80n, 443n, 65535n, 2n ** 32n - 1n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 62n),
  fc.bigInt({ min: 0n, max: 100n }),
  fc.bigInt({ min: 0n, max: 2n ** 62n }),
);

const sample: fc.Arbitrary<Sample> = fc
  .record({
    values: fc.tuple(...numbers.map(() => number)),
    source: fc.constantFrom(...addresses),
    destination: fc.constantFrom(...addresses),
    path: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
  })
  .map(({ values, source, destination, path }) => {
    const flow = new FlowRecord();
    const input: Record<string, unknown> = { src_addr: source, dst_addr: destination, as_path: path.map(BigInt) };
    numbers.forEach((name, i) => {
      const wide = column(name).type === 'u64';
      const value = wide ? values[i]! : values[i]! % 2n ** 32n;
      flow.words[slotOf(name)] = Number(value & 0xffffffffn);
      if (wide) flow.words[slotOf(name) + 1] = Number(value >> 32n);
      input[name] = value;
    });
    for (const [name, text] of [
      ['src_addr', source],
      ['dst_addr', destination],
    ] as const) {
      const octets = parseAddress(text)!;
      flow.setAddress(slotOf(name), octets, 0, octets.length);
    }
    for (const as of path) flow.append(column('as_path'), as);
    enricher.enrich(flow);
    input['context'] = Object.fromEntries(flow.context.entries());
    return { flow, input, toString: () => quote(source) };
  });

const quote = (text: string) => JSON.stringify(text);
const list = (items: fc.Arbitrary<string>) =>
  fc.array(items, { minLength: 1, maxLength: 12 }).map((all) => `[${all.join(', ')}]`);

const depth = fc.createDepthIdentifier();

/** Expressions that are of one type for us and for the library. */
const { condition } = fc.letrec<{ condition: string; number: string; text: string; literal: string }>((tie) => ({
  literal: number.map((value) => String(value)),
  number: fc.oneof(
    { maxDepth: 4, depthIdentifier: depth, withCrossShrink: true },
    fc.constantFrom(...numbers),
    tie('literal'),
    fc.constant('size(as_path)'),
    fc.constantFrom('as_path[0]', 'as_path[2]'),
    fc
      .tuple(tie('number'), fc.constantFrom('+', '-', '*', '/', '%'), tie('number'))
      .map(([a, sign, b]) => `(${a} ${sign} ${b})`),
    fc.tuple(tie('condition'), tie('number'), tie('number')).map(([a, b, c]) => `((${a}) ? ${b} : ${c})`),
    tie('number').map((of) => `-(${of})`),
    tie('text').map((of) => `size(${of})`),
  ),
  text: fc.oneof(
    { maxDepth: 4, depthIdentifier: depth, withCrossShrink: true },
    fc.constantFrom(...keys).map((key) => `context.${key}`),
    fc.constantFrom(...texts).map(quote),
    fc.tuple(tie('condition'), tie('text'), tie('text')).map(([a, b, c]) => `((${a}) ? ${b} : ${c})`),
  ),
  condition: fc.oneof(
    { maxDepth: 4, depthIdentifier: depth, withCrossShrink: true },
    fc
      .tuple(tie('number'), fc.constantFrom('==', '!=', '<', '<=', '>', '>='), tie('number'))
      .map(([a, sign, b]) => `${a} ${sign} ${b}`),
    fc.tuple(tie('number'), list(tie('literal'))).map(([a, b]) => `${a} in ${b}`),
    fc.tuple(fc.constantFrom('src_port', 'dst_port', '3'), fc.constant('as_path')).map(([a, b]) => `${a} in ${b}`),
    fc.tuple(tie('text'), fc.constantFrom('==', '!='), tie('text')).map(([a, sign, b]) => `${a} ${sign} ${b}`),
    fc.tuple(tie('text'), list(fc.constantFrom(...texts).map(quote))).map(([a, b]) => `${a} in ${b}`),
    fc
      .tuple(tie('text'), fc.constantFrom('startsWith', 'endsWith', 'contains'), tie('text'))
      .map(([a, name, b]) => `${a}.${name}(${b})`),
    fc
      .tuple(tie('text'), fc.constantFrom('fra[12]', '^e|e$', '(a|ab)*b', '(?i)WEB'))
      .map(([a, b]) => `${a}.matches(${quote(b)})`),
    fc.constantFrom(...keys).map((key) => `has(context.${key})`),
    fc.constantFrom(...keys).map((key) => `${quote(key)} in context`),
    fc
      .tuple(
        fc.constantFrom('src_addr', 'dst_addr'),
        fc.constantFrom('==', '!='),
        fc.constantFrom(...addresses.map(quote), 'dst_addr'),
      )
      .map(([a, sign, b]) => `${a} ${sign} ${b}`),
    fc
      .tuple(fc.constantFrom('src_addr', 'dst_addr'), list(fc.constantFrom(...addresses).map(quote)))
      .map(([a, b]) => `${a} in ${b}`),
    fc
      .tuple(fc.constantFrom('src_addr', 'dst_addr'), list(fc.constantFrom(...networks).map(quote)))
      .map(([a, b]) => `inNet(${a}, ${b})`),
    tie('condition').map((of) => `!(${of})`),
    fc
      .tuple(tie('condition'), fc.constantFrom('&&', '||', '==', '!='), tie('condition'))
      .map(([a, sign, b]) => `(${a}) ${sign} (${b})`),
    fc.tuple(tie('condition'), tie('condition'), tie('condition')).map(([a, b, c]) => `(${a}) ? (${b}) : (${c})`),
  ),
}));

/** By octets as a list of bits: nothing that the filter uses. */
function isInNetwork(address: string, network: string): boolean {
  const bits = (text: string) => [...parseAddress(text)!].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  const [prefix = '', length] = network.split('/');
  const [a, b] = [bits(address), bits(prefix)];
  const most = Number(length ?? b.length);
  return a.length === b.length && a.slice(0, most) === b.slice(0, most);
}

const inNet = celFunc('inNet', [CelScalar.STRING, CelScalar.DYN], CelScalar.BOOL, (address, of) =>
  [...(of as Iterable<string>)].some((network) => isInNetwork(address, network)),
);
const environment = celEnv({ funcs: [inNet] });
const names = { columns: filterColumns(false), context: true };

/** What no value of ours, but an error of 64 bits with a sign is: left out. */
const isOverflow = (error: unknown) => /overflow|out of range|return error/i.test((error as Error).message);

test('every expression keeps the flows for which the library says true, compiled and interpreted', () => {
  let compared = 0;
  let kept = 0;
  fc.assert(
    fc.property(condition, fc.array(sample, { minLength: 5, maxLength: 5 }), (expression, samples) => {
      const evaluate = plan(environment, parse(expression));
      let read;
      try {
        read = readFilter(expression, names);
      } catch (error) {
        // constants that are too large, divided by zero, or that are an index: refused when they are read
        assert.match(
          (error as Error).message,
          /more than 64 bits|division by zero|too large|is no number|no name/,
          expression,
        );
        return;
      }
      const filters = [buildFilter(read, true), buildFilter(read, false)];
      for (const { flow, input } of samples) {
        const result = evaluate(input as never) as unknown;
        if (isCelError(result) && isOverflow(result)) continue;
        const expected = result === true;
        for (const filter of filters) assert.equal(filter(flow), expected, `${expression}: ${String(result)}`);
        compared++;
        if (expected) kept++;
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(compared > 1200 && kept > 300 && kept < compared - 300, `${kept} kept of ${compared}`);
});
