import assert from 'node:assert/strict';
import { test } from 'node:test';
import { data, ipfix, v9 } from '../../support/exporter.ts';
import { LearningChain } from '../../support/learning-chain.ts';

/** A text in hexadecimal, filled up with zeros to so many octets. */
function text(value: string, octets = Buffer.byteLength(value)): string {
  return Buffer.concat([Buffer.from(value), Buffer.alloc(octets)])
    .subarray(0, octets)
    .toString('hex');
}

/** A text of variable length in hexadecimal. */
const variable = (value: string): string => Buffer.from([Buffer.byteLength(value)]).toString('hex') + text(value);

const flowTemplate = (wire: typeof ipfix) => wire.template(256, '10/4', '14/4', '234/4', '235/4', '95/4');
const flow = (input: number, output: number, vrf = 0, application = 0): Uint8Array =>
  data(256, [input, output, vrf, 0, application].map((number) => number.toString(16).padStart(8, '0')).join(''));

for (const wire of [v9, ipfix]) {
  const scope = wire === v9 ? '1/4' : '130/4';

  test(`interfaces, VRFs and applications get the names that options data tells, version ${wire.version}`, () => {
    const { take } = chainOf();
    const [first] = take([
      wire.message([
        flowTemplate(wire),
        wire.optionsTemplate(300, [scope], ['10/4', '82/16', '83/32']),
        wire.optionsTemplate(301, [scope], ['234/4', '236/16']),
        wire.optionsTemplate(302, [scope], ['95/4', '94/24', '96/16']),
        // flows before the options of the same datagram have its names
        flow(3, 4, 7, 0x0d0001c5),
        data(300, `c0000201 00000003 ${text('Gi0/0/3', 16)} ${text('uplink', 32)}`),
        data(300, `c0000201 00000004 ${text('Gi0/0/4', 16)} ${text('', 32)}`),
        data(301, `c0000201 00000007 ${text('customer-7', 16)}`),
        data(302, `c0000201 0d0001c5 ${text('video', 24)} ${text('netflix', 16)}`),
      ]),
    ]);
    assert.deepEqual(first, {
      in_if: 'Gi0/0/3',
      in_if_description: 'uplink',
      out_if: 'Gi0/0/4',
      ingress_vrf: 'customer-7',
      application: 'netflix',
      application_description: 'video',
    });
    assert.deepEqual(take([wire.message([flow(4, 3)])]), [
      { in_if: 'Gi0/0/4', out_if: 'Gi0/0/3', out_if_description: 'uplink' },
    ]);
    assert.deepEqual(take([wire.message([flow(5, 0, 8, 0x0d0001c6)])]), [{}]);
  });
}

test('the interface of NetFlow v9 may be a scope, that of IPFIX any of four elements', () => {
  const { take } = chainOf();
  take([
    v9.message([flowTemplate(v9), v9.optionsTemplate(300, ['2/2'], ['82/8']), data(300, `0003 ${text('lo0', 8)}`)]),
    ipfix.message([
      flowTemplate(ipfix),
      ...[10, 14, 252, 253].flatMap((element, i) => [
        ipfix.optionsTemplate(300 + i, [`${element}/4`], ['82/v']),
        data(300 + i, `0000000${i + 1} ${variable(`port ${element}`)}`),
      ]),
    ]),
  ]);
  assert.deepEqual(take([v9.message([flow(3, 0)])]), [{ in_if: 'lo0' }]);
  const seen = take([ipfix.message([flow(1, 2), flow(3, 4)])]);
  assert.deepEqual(seen, [
    { in_if: 'port 10', out_if: 'port 14' },
    { in_if: 'port 252', out_if: 'port 253' },
  ]);
});

test('the exporter has the name of its observation domain', () => {
  const { take } = chainOf();
  const named = [ipfix.optionsTemplate(300, ['149/4'], ['300/v']), data(300, `00000009 ${variable('edge1')}`)];
  assert.deepEqual(take([ipfix.message([...named, flowTemplate(ipfix), flow(1, 2)])]), [{ exporter: 'edge1' }]);
});

test('C-103 ids of applications are compared by engine and selector, whatever their length', () => {
  const { take } = chainOf();
  take([
    ipfix.message([
      ipfix.template(256, '95/2'),
      ipfix.template(257, '95/8'),
      ipfix.template(258, '95/v'),
      ipfix.optionsTemplate(300, ['95/4'], ['96/v']),
      ipfix.optionsTemplate(301, ['95/8'], ['96/v']),
      data(300, `03000035 ${variable('dns')}`),
      data(301, `14 00000009 000123 ${variable('of cisco')}`),
    ]),
  ]);
  const seen = take([
    ipfix.message([
      data(256, '0335'),
      data(257, '0300000000000035'),
      data(258, '020335'),
      data(258, '081400000009000123'),
      data(256, '0335 0435 0336'),
    ]),
  ]);
  assert.deepEqual(
    seen.map(({ application }) => application),
    ['dns', 'dns', 'dns', 'of cisco', 'dns', undefined, undefined],
  );
});

test('a record replaces what was told of its key before, as far as it says something of it', () => {
  const { take } = chainOf();
  const tell = (name: string, description: string) =>
    ipfix.message([
      ipfix.optionsTemplate(300, ['10/4'], ['82/v', '83/v']),
      data(300, `00000003 ${variable(name)} ${variable(description)}`),
    ]);
  const now = () => take([ipfix.message([flowTemplate(ipfix), flow(3, 0)])])[0];
  take([tell('old', 'of a customer')]);
  assert.deepEqual(now(), { in_if: 'old', in_if_description: 'of a customer' });
  take([tell('new', '')]);
  assert.deepEqual(now(), { in_if: 'new' });
  take([ipfix.message([ipfix.optionsTemplate(301, ['10/4'], ['83/v']), data(301, `00000003 ${variable('later')}`)])]);
  assert.deepEqual(now(), { in_if: 'new', in_if_description: 'later' });
  take([tell('', '')]);
  assert.deepEqual(now(), {});
});

test('S-03 a template with its data proves nothing: others are told of its names when more data has come', () => {
  const { chain, take } = chainOf();
  const options = ipfix.optionsTemplate(300, ['10/4'], ['82/v']);
  const seen = take([
    ipfix.message([flowTemplate(ipfix), options, data(300, `00000003 ${variable('a')}`), flow(3, 0)]),
  ]);
  assert.deepEqual(seen, [{ in_if: 'a' }], 'its own flows have them');
  assert.deepEqual(chain.names.news(10), []);
  take([ipfix.message([data(300, `00000004 ${variable('b')}`)])]);
  assert.deepEqual(
    chain.names.news(10).map(({ name }) => name),
    ['a', 'b'],
  );
});

test('names are those of an address, a version and a domain', () => {
  const { take } = chainOf();
  const tell = (wire: typeof ipfix, name: string, domain: number) => {
    const options = wire.optionsTemplate(300, [wire === v9 ? '2/4' : '10/4'], ['82/8']);
    return wire.message([flowTemplate(wire), options, data(300, `00000003 ${text(name, 8)}`)], { domain });
  };
  take([tell(ipfix, 'a1', 1), tell(ipfix, 'a2', 2), tell(v9, 'a9', 1)], '192.0.2.1');
  take([tell(ipfix, 'b1', 1), ipfix.message([flowTemplate(ipfix)], { domain: 2 })], '192.0.2.2');
  const of = (wire: typeof ipfix, domain: number, address: string) =>
    take([wire.message([flow(3, 0)], { domain })], address)[0]!['in_if'];
  assert.equal(of(ipfix, 1, '192.0.2.1'), 'a1');
  assert.equal(of(ipfix, 2, '192.0.2.1'), 'a2');
  assert.equal(of(v9, 1, '192.0.2.1'), 'a9');
  assert.equal(of(ipfix, 1, '192.0.2.2'), 'b1');
  assert.equal(of(ipfix, 2, '192.0.2.2'), undefined);
});

test('what is configured of an exporter, an interface, a VRF or an application is over what is learned', () => {
  const { take } = chainOf(`
exporters:
  - { name: ours, address: 192.0.2.0/24, interfaces: [{ index: 3, name: wan, context: { provider: a } }] }
applications:
  - { name: dns-rule, proto: udp, port: 53 }
`);
  const [seen] = take([
    ipfix.message([
      ipfix.template(256, '4/1', '7/2', '10/4', '14/4', '95/4'),
      ipfix.optionsTemplate(300, ['10/4'], ['82/v']),
      ipfix.optionsTemplate(301, ['95/4'], ['96/v']),
      ipfix.optionsTemplate(302, ['149/4'], ['300/v']),
      data(300, [`00000003 ${variable('Gi3')}`, `00000004 ${variable('Gi4')}`]),
      data(301, [`03000035 ${variable('dns')}`, `03000050 ${variable('http')}`]),
      data(302, `00000009 ${variable('edge1')}`),
      data(256, '11 0035 00000003 00000004 03000035'),
    ]),
  ]);
  assert.deepEqual(seen, {
    exporter: 'ours',
    in_if: 'wan',
    in_if_provider: 'a',
    out_if: 'Gi4',
    application: 'dns-rule',
  });
  const [other] = take([ipfix.message([data(256, '06 0050 00000004 00000003 03000050')])]);
  assert.equal(other!['application'], 'http');
});

function chainOf(context?: string) {
  const chain = new LearningChain(context === undefined ? {} : { context });
  return { chain, take: chain.take.bind(chain) };
}
