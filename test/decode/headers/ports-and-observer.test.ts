import { test } from 'node:test';
import assert from 'node:assert/strict';
import { geneve } from '#src/decode/headers/geneve.js';
import { Via } from '#src/decode/headers/layer-parser.js';
import type { LayerObserver, LayerParser } from '#src/decode/headers/layer-parser.js';
import { teredo } from '#src/decode/headers/teredo.js';
import { MAX_LAYERS } from '#src/decode/limits.js';
import { Layer } from '#src/flow/fields.js';
import { data, packet } from '#src/simulate/packet.js';
import { ipv4, ipv6 } from '#src/simulate/packet-ip.js';
import { hopByHop } from '#src/simulate/packet-ipv6-extensions.js';
import { ethernet } from '#src/simulate/packet-link.js';
import { tcp, udp } from '#src/simulate/packet-transport.js';
import { geneve as geneveHeader, gre, teredoOrigin } from '#src/simulate/packet-tunnels.js';
import { parseHeaders, pick } from '../../support/headers.ts';
import { octetsOf, vectors } from '../../support/vectors.ts';

const v4 = { source: '192.0.2.1', destination: '198.51.100.2' };
const inner4 = { source: '10.0.0.1', destination: '10.0.0.2' };
const v6 = { source: '2001:db8::1', destination: '2001:db8::2' };
const eth = ethernet();

const parser = (name: string, parse: LayerParser['parse']): LayerParser => ({
  name,
  layer: Layer.Custom,
  keys: [name],
  group: 70,
  prolongs: false,
  minimum: 0,
  etherType: 0,
  parse,
});

test('vector packet-custom-port-parser: a parser of a user gets the payload of its port', () => {
  const vector = vectors.find(({ name }) => name === 'packet-custom-port-parser')!;
  let label = '';
  const dns = parser('dns', (frame) => {
    const { cursor } = frame;
    const length = cursor.left;
    assert.ok(cursor.take(length));
    label = Buffer.from(cursor.bytes.subarray(cursor.at + 13, cursor.at + 24)).toString('hex');
    frame.size = length;
    return undefined;
  });
  const columns = parseHeaders(octetsOf(vector.hex), {
    ports: [{ protocol: 'udp', direction: 'dst', port: 53, parser: dns }],
  });
  assert.equal(label, '6578616d706c6503636f6d');
  assert.deepEqual(columns.layer_stack, ['Ethernet', 'IPv4', 'UDP', 'Custom']);
  assert.equal((columns.layer_size as bigint[])[3], 29n);
});

test('a port is looked up in its own direction and protocol, the destination first', () => {
  const seen: string[] = [];
  const named = (name: string) =>
    parser(name, () => {
      seen.push(name);
      return undefined;
    });
  const ports = [
    { protocol: 'udp', direction: 'src', port: 53, parser: named('udp source 53') },
    { protocol: 'udp', direction: 'dst', port: 99, parser: named('udp destination 99') },
    { protocol: 'tcp', direction: 'both', port: 53, parser: named('tcp 53') },
    { protocol: 'tcp', direction: 'both', port: 53, parser: named('tcp 53, again') },
  ] as const;
  const of = (transport: typeof tcp | typeof udp, sourcePort: number, destinationPort: number) => {
    seen.length = 0;
    parseHeaders(packet(eth, ipv4(v4), transport({ sourcePort, destinationPort })), { ports });
    return seen.join();
  };
  assert.equal(of(udp, 53, 99), 'udp destination 99');
  assert.equal(of(udp, 53, 98), 'udp source 53');
  assert.equal(of(udp, 99, 53), '');
  assert.equal(of(tcp, 1, 53), 'tcp 53, again');
  assert.equal(of(tcp, 53, 1), 'tcp 53, again');
});

test('Geneve carries what its protocol type says, behind its options', () => {
  const ports = [{ protocol: 'udp', direction: 'both', port: 6081, parser: geneve }] as const;
  const outer = udp({ sourcePort: 5, destinationPort: 6081 });
  const columns = parseHeaders(
    packet(eth, ipv4(v4), outer, geneveHeader({ vni: 1, options: new Uint8Array(8) }), eth, ipv4(inner4)),
    { ports },
  );
  assert.deepEqual(columns.layer_stack, ['Ethernet', 'IPv4', 'UDP', 'Geneve', 'Ethernet', 'IPv4']);
  assert.deepEqual(columns.layer_size, [14n, 20n, 8n, 16n, 14n, 20n]);
  assert.equal(columns.src_addr, '192.0.2.1');
  const unknownVersion = packet(eth, ipv4(v4), outer, data(new Uint8Array(40).fill(0x40)));
  assert.deepEqual(parseHeaders(unknownVersion, { ports }).layer_stack, ['Ethernet', 'IPv4', 'UDP']);
});

test('Teredo carries IPv6, at once or behind an origin indication', () => {
  const ports = [{ protocol: 'udp', direction: 'dst', port: 3544, parser: teredo }] as const;
  const outer = udp({ sourcePort: 5, destinationPort: 3544 });
  for (const [size, ...layers] of [
    [0n, ipv6(v6)],
    [8n, teredoOrigin('192.0.2.9', 40_000), ipv6(v6)],
  ] as const) {
    const columns = parseHeaders(packet(eth, ipv4(v4), outer, ...layers), { ports });
    assert.deepEqual(columns.layer_stack, ['Ethernet', 'IPv4', 'UDP', 'Teredo', 'IPv6']);
    assert.deepEqual(columns.layer_size, [14n, 20n, 8n, size, 40n]);
    assert.deepEqual(pick(columns, 'src_addr', 'etype'), { src_addr: '192.0.2.1', etype: 0x0800n });
  }
});

test('C-172 a parser that takes nothing and names itself ends after sixteen layers', () => {
  let calls = 0;
  const endless: LayerParser = parser('endless', () => {
    calls++;
    return endless;
  });
  parseHeaders(packet(eth, ipv4(v4), udp({ sourcePort: 1, destinationPort: 9 })), {
    ports: [{ protocol: 'udp', direction: 'dst', port: 9, parser: endless }],
  });
  assert.equal(calls, MAX_LAYERS - 3);
});

test('an observer sees every layer: where it begins, how long it is, how it was chosen, whether it is inside', () => {
  const seen: string[] = [];
  const names: Record<number, string> = {
    [Via.direct]: 'direct',
    [Via.etherType]: 'etype',
    [Via.ipProtocol]: 'proto',
    [Via.udpPort]: 'udp',
  };
  const observer: LayerObserver = {
    layer({ cursor, size, encapsulated }, { name }, via, start) {
      const chosen = `${names[via & 0xffff_0000]}${via & 0xffff}`;
      seen.push(`${name} ${start - 32}+${size} ${chosen}${encapsulated ? ' inside' : ''}`);
      assert.ok(start <= cursor.end);
    },
  };
  parseHeaders(
    packet(
      eth,
      ipv6(v6),
      hopByHop(),
      gre(),
      ipv4(inner4),
      udp({ sourcePort: 6081, destinationPort: 7 }),
      geneveHeader({ vni: 5 }),
      eth,
    ),
    { observer, ports: [{ protocol: 'udp', direction: 'src', port: 6081, parser: geneve }] },
  );
  assert.deepEqual(seen, [
    'ethernet 0+14 direct0',
    'ipv6 14+40 etype34525',
    'ipv6-options 54+8 proto0',
    'gre 62+4 proto47',
    'ipv4 66+20 etype2048 inside',
    'udp 86+8 proto17 inside',
    'geneve 94+8 udp6081 inside',
    'ethernet 102+14 etype25944 inside',
  ]);
});
