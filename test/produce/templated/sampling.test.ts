import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Collector } from '../../support/collector.ts';
import type { Arrival } from '../../support/collector.ts';
import { data, ipfix, protocols, v9 } from '../../support/exporter.ts';
import type { Wire } from '../../support/exporter.ts';
import { recordOf } from '../../support/flow-of.ts';
import type { FieldOfRecord } from '../../support/flow-of.ts';

const number = (value: number | bigint, size = 4): string => value.toString(16).padStart(2 * size, '0');

/** An exporter that tells rates by options data and sends flows. */
class Sampler {
  readonly collector = new Collector();
  readonly #wire: Wire;
  #id = 300;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** Sends one options record. */
  tell(scopes: readonly FieldOfRecord[], options: readonly FieldOfRecord[], domain = 9, arrival: Arrival = {}): void {
    const id = this.#id++;
    const specifiers = (fields: readonly FieldOfRecord[]) => fields.map(([specifier]) => specifier);
    const template = this.#wire.optionsTemplate(id, specifiers(scopes), specifiers(options));
    const { failure } = this.collector.send(
      this.#wire.message([template, data(id, recordOf([...scopes, ...options]))], { domain }),
      arrival,
    );
    assert.equal(failure, undefined);
  }

  /** The sampling rate of a flow with these fields. */
  rate(fields: readonly FieldOfRecord[] = [], domain = 9, arrival: Arrival = {}): unknown {
    const all: FieldOfRecord[] = [...fields, ['8/4', '01020304']];
    const template = this.#wire.template(256, ...all.map(([specifier]) => specifier));
    const message = this.#wire.message([template, data(256, recordOf(all))], { domain });
    return this.collector.send(message, arrival).flows[0]!.sampling_rate;
  }
}

const system: readonly FieldOfRecord[] = [['1/4', '00000000']];
const domain9: readonly FieldOfRecord[] = [['149/4', '00000009']];
const scopeOf = (wire: Wire) => (wire.version === 9 ? system : domain9);

test('C-070 the rate comes from 34, 50, 305 with or without 306, 309 with 310, or 311', () => {
  const cases: [options: FieldOfRecord[], rate: bigint][] = [
    [[['34/4', number(1000)]], 1000n],
    [[['50/4', number(2000)]], 2000n],
    [[['305/4', number(100)]], 100n],
    [
      [
        ['305/4', number(1)],
        ['306/4', number(999)],
      ],
      1000n,
    ],
    [
      [
        ['306/4', number(999)],
        ['305/4', number(1)],
      ],
      1000n,
    ],
    [
      [
        ['305/4', number(3)],
        ['306/4', number(10)],
      ],
      4n,
    ],
    [
      [
        ['305/4', number(5)],
        ['306/4', number(0)],
      ],
      1n,
    ],
    [
      [
        ['309/4', number(2)],
        ['310/4', number(512)],
      ],
      256n,
    ],
    [[['311/8', '3f50624dd2f1a9fc']], 1000n],
    [[['311/4', '3a83126f']], 1000n],
    [
      [
        ['34/4', number(1)],
        ['50/4', number(2)],
        ['305/4', number(3)],
      ],
      3n,
    ],
    [
      [
        ['34/4', number(1)],
        ['50/4', number(2)],
      ],
      2n,
    ],
  ];
  for (const [options, rate] of cases) {
    for (const [name, wire] of protocols) {
      const sampler = new Sampler(wire);
      sampler.tell(scopeOf(wire), options);
      assert.equal(sampler.rate(), rate, `${name} ${options.join()}`);
    }
    const sampler = new Sampler(ipfix);
    sampler.tell(
      domain9,
      options.map(([specifier, value]) => [specifier.replace(/\/\d+/, '/v'), value]),
    );
    assert.equal(sampler.rate(), rate, `variable ${options.join()}`);
  }
});

test('C-071 sampling values of 1 to 8 octets are exact', () => {
  const value = fc
    .integer({ min: 1, max: 8 })
    .chain((size) => fc.tuple(fc.constant(size), fc.bigInt(1n, 2n ** BigInt(8 * size) - 1n)));
  fc.assert(
    fc.property(value, fc.constantFrom(34, 50, 305), ([size, rate], id) => {
      const sampler = new Sampler(v9);
      sampler.tell(system, [[`${id}/${size}`, number(rate, size)]]);
      assert.equal(sampler.rate(), rate);
    }),
    { numRuns: 60 },
  );
});

test('C-072 a rate of 0 or none is unknown: counted, no divisor, never 1', () => {
  const nothing: FieldOfRecord[][] = [
    [['34/4', number(0)]],
    [['50/4', number(0)]],
    [
      ['305/4', number(0)],
      ['306/4', number(99)],
    ],
    [
      ['309/4', number(0)],
      ['310/4', number(100)],
    ],
    [
      ['309/4', number(5)],
      ['310/4', number(0)],
    ],
    [['311/8', '0000000000000000']],
    [['311/8', 'bff0000000000000']],
    [['311/8', '7ff8000000000000']],
    [['311/8', '4000000000000000']],
    [['306/4', number(99)]],
  ];
  for (const options of nothing) {
    const sampler = new Sampler(ipfix);
    sampler.tell(domain9, options);
    assert.equal(sampler.rate(), 0n, options.join());
    assert.equal(sampler.collector.count('notices:sampling_unknown'), 1);
  }
  const sampler = new Sampler(ipfix);
  sampler.tell(domain9, [
    ['305/4', number(0)],
    ['34/4', number(7)],
  ]);
  assert.equal(sampler.rate(), 7n, 'the next one that tells something');
});

test('C-073 the enterprise number takes part when option fields are looked up', () => {
  const sampler = new Sampler(ipfix);
  sampler.tell(domain9, [
    ['2636.305/4', number(77)],
    ['9.34/4', number(78)],
  ]);
  assert.equal(sampler.rate(), 0n);
  sampler.tell([['2636.302/4', number(5)]], [['34/4', number(10)]]);
  sampler.tell([['302/4', number(5)]], [['34/4', number(20)]]);
  assert.equal(sampler.rate([['302/4', number(5)]]), 20n);
  assert.equal(sampler.rate([['302/4', number(6)]]), 10n);
});

test('C-069 a rate belongs to its sampler, selector or interface', () => {
  for (const [name, wire] of protocols) {
    const sampler = new Sampler(wire);
    sampler.tell(scopeOf(wire), [
      ['48/1', '01'],
      ['50/4', number(100)],
    ]);
    sampler.tell(scopeOf(wire), [
      ['50/4', number(200)],
      ['48/2', '0002'],
    ]);
    assert.equal(sampler.rate([['48/1', '01']]), 100n, name);
    assert.equal(sampler.rate([['48/1', '02']]), 200n, name);
    assert.equal(sampler.rate([['48/1', '03']]), 0n, `${name}: no rate of its own, and several in the domain`);
    assert.equal(sampler.rate(), 0n, name);
  }
  const selectors = new Sampler(ipfix);
  selectors.tell(
    [['302/8', number(7, 8)]],
    [
      ['305/4', number(1)],
      ['306/4', number(49)],
    ],
  );
  selectors.tell(
    [['302/8', number(8, 8)]],
    [
      ['305/4', number(1)],
      ['306/4', number(99)],
    ],
  );
  assert.equal(selectors.rate([['302/8', number(7, 8)]]), 50n);
  assert.equal(selectors.rate([['302/2', number(8, 2)]]), 100n);
});

test('C-069 rates of interfaces, by scope 10 and 14 or by the scope type of v9', () => {
  const byScope = new Sampler(ipfix);
  byScope.tell([['10/4', number(3)]], [['34/4', number(30)]]);
  byScope.tell([['14/4', number(4)]], [['34/4', number(40)]]);
  assert.equal(
    byScope.rate([
      ['10/4', number(3)],
      ['14/4', number(9)],
    ]),
    30n,
  );
  assert.equal(
    byScope.rate([
      ['10/4', number(9)],
      ['14/4', number(4)],
    ]),
    40n,
  );
  assert.equal(
    byScope.rate([
      ['10/4', number(3)],
      ['14/4', number(4)],
    ]),
    30n,
  );
  assert.equal(
    byScope.rate([
      ['10/4', number(4)],
      ['14/4', number(3)],
    ]),
    0n,
  );
  const byType = new Sampler(v9);
  byType.tell([['2/4', number(3)]], [['34/4', number(30)]]);
  byType.tell([['2/2', number(4, 2)]], [['34/4', number(40)]]);
  assert.equal(
    byType.rate([
      ['10/4', number(3)],
      ['14/4', number(9)],
    ]),
    30n,
  );
  assert.equal(
    byType.rate([
      ['10/4', number(9)],
      ['14/4', number(4)],
    ]),
    40n,
  );
  const asOption = new Sampler(ipfix);
  asOption.tell(domain9, [
    ['10/4', number(3)],
    ['34/4', number(50)],
  ]);
  assert.equal(asOption.rate([['10/4', number(8)]]), 50n, 'an interface that is no scope limits nothing');
});

test('the order of D-7: record, sampler, selector, interface, domain', () => {
  const sampler = new Sampler(ipfix);
  const told: [scopes: FieldOfRecord[], rate: number][] = [
    [[['149/4', '00000009']], 5],
    [[['10/4', number(3)]], 4],
    [[['302/4', number(2)]], 3],
    [[['48/4', number(1)]], 2],
  ];
  for (const [scopes, rate] of told) sampler.tell(scopes, [['34/4', number(rate)]]);
  const flow: FieldOfRecord[] = [
    ['34/4', number(1)],
    ['48/1', '01'],
    ['302/4', number(2)],
    ['10/4', number(3)],
  ];
  for (let from = 0; from <= flow.length; from++) assert.equal(sampler.rate(flow.slice(from)), BigInt(from + 1));
  assert.equal(
    sampler.rate([
      ['34/4', number(0)],
      ['48/1', '01'],
    ]),
    2n,
    'a rate of 0 in the record tells nothing',
  );
  assert.equal(
    sampler.rate([
      ['48/1', '09'],
      ['10/4', number(3)],
    ]),
    4n,
    'a sampler without a rate',
  );
});

test("the domain's only rate holds for flows that name no sampler", () => {
  const sampler = new Sampler(v9);
  sampler.tell(system, [
    ['48/1', '01'],
    ['50/4', number(100)],
  ]);
  assert.equal(sampler.rate(), 100n);
  sampler.tell(system, [
    ['48/1', '02'],
    ['50/4', number(100)],
  ]);
  assert.equal(sampler.rate(), 100n, 'two samplers that agree');
  sampler.tell(system, [
    ['48/1', '02'],
    ['50/4', number(200)],
  ]);
  assert.equal(sampler.rate(), 0n, 'two that differ');
  sampler.tell(system, [['50/4', number(300)]]);
  assert.equal(sampler.rate(), 300n, 'one of the whole domain');
});

test('rates are kept by address, version and domain, not by port', () => {
  const sampler = new Sampler(v9);
  sampler.tell(system, [['34/4', number(100)]], 1, { sourcePort: 1_000 });
  assert.equal(sampler.rate([], 1, { sourcePort: 2_000 }), 100n);
  assert.equal(sampler.rate([], 2), 0n);
  assert.equal(sampler.rate([], 1, { address: '192.0.2.2' }), 0n);
  const { flows } = sampler.collector.send(
    ipfix.message([ipfix.template(256, '8/4'), data(256, '01020304')], { domain: 1 }),
  );
  assert.equal(flows[0]!.sampling_rate, 0n);
});

test('options data of a packet holds for all its flows, earlier ones too', () => {
  for (const [name, wire] of protocols) {
    const collector = new Collector();
    const [[scope, value]] = scopeOf(wire) as [FieldOfRecord];
    const { flows } = collector.send(
      wire.message([
        wire.template(256, '8/4'),
        data(256, '01020304'),
        wire.optionsTemplate(257, [scope], ['34/4']),
        data(257, `${value} 000003e8`),
        data(256, '05060708'),
      ]),
    );
    assert.deepEqual(
      flows.map(({ sampling_rate }) => sampling_rate),
      [1000n, 1000n],
      name,
    );
  }
});

test('a later rate replaces an earlier one, within a packet and across', () => {
  const collector = new Collector();
  const template = v9.optionsTemplate(257, ['1/4'], ['34/4']);
  const { flows } = collector.send(
    v9.message([
      template,
      data(257, ['00000000 00000001', '00000000 00000002']),
      v9.template(256, '8/4'),
      data(256, '01020304'),
    ]),
  );
  assert.equal(flows[0]!.sampling_rate, 2n);
});

test('C-064 an options record without a rate changes none', () => {
  const sampler = new Sampler(ipfix);
  sampler.tell([['302/4', number(7)]], [['34/4', number(100)]]);
  sampler.tell(
    [['302/4', number(7)]],
    [
      ['304/2', '0001'],
      ['318/8', number(55, 8)],
    ],
  );
  sampler.tell(domain9, [
    ['41/8', number(5, 8)],
    ['42/8', number(9, 8)],
  ]);
  assert.equal(sampler.rate([['302/4', number(7)]]), 100n);
});

test('C-062 rates of scopes that are no sampler, selector or interface hold for the domain', () => {
  for (const scope of ['149/4', '144/4', '143/4', '141/4', '130/4', '145/2', '131/16']) {
    const size = Number(scope.split('/')[1]);
    const sampler = new Sampler(ipfix);
    sampler.tell([[scope, '01'.repeat(size)]], [['34/4', number(100)]]);
    assert.equal(sampler.rate(), 100n, scope);
  }
  for (const type of [1, 3, 4, 5]) {
    const sampler = new Sampler(v9);
    sampler.tell([[`${type}/4`, number(1)]], [['34/4', number(100)]]);
    assert.equal(sampler.rate(), 100n, `v9 scope ${type}`);
  }
});

test('options records are counted and make no flow', () => {
  const sampler = new Sampler(v9);
  sampler.tell(system, [['34/4', number(1)]]);
  assert.equal(sampler.collector.count('records_decoded'), 1);
  assert.equal(sampler.collector.count('records_dropped:no_flow'), 1);
});

test('rates of selectors that become the same, or differ again, hold for each flow as they are', () => {
  const sampler = new Sampler(ipfix);
  const tell = (selector: number, rate: number) =>
    sampler.tell([['302/4', number(selector)]], [['34/4', number(rate)]]);
  const rates = () => [7, 8, 9].map((selector) => sampler.rate([['302/4', number(selector)]]));
  tell(7, 100);
  assert.deepEqual(rates(), [100n, 100n, 100n]);
  tell(8, 200);
  assert.deepEqual(rates(), [100n, 200n, 0n]);
  tell(8, 100);
  assert.deepEqual(rates(), [100n, 100n, 100n]);
  sampler.tell(domain9, [['34/4', number(300)]]);
  assert.deepEqual(rates(), [100n, 100n, 300n]);
});

test('a selector that is too long for a number is counted where all rates are the same, too', () => {
  const sampler = new Sampler(ipfix);
  sampler.tell([['302/4', number(7)]], [['34/4', number(100)]]);
  assert.equal(sampler.rate([['302/v', '00'.repeat(9)]]), 100n);
  assert.equal(sampler.collector.count('notices:field_size'), 1);
});
