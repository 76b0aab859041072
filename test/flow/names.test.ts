import { test } from 'node:test';
import assert from 'node:assert/strict';
import { etherTypeName, flowTypeNames, icmpName, layerNames, protocolName, protocolNames } from '#src/flow/names.js';

test('every octet has the name of a protocol, in its place', () => {
  assert.equal(protocolNames.length, 256);
  const places: Record<number, string> = {
    0: 'HOPOPT',
    1: 'ICMP',
    6: 'TCP',
    17: 'UDP',
    47: 'GRE',
    50: 'ESP',
    58: 'IPv6-ICMP',
    89: 'OSPFIGP',
    107: 'A/N',
    124: 'ISIS over IPv4',
    132: 'SCTP',
    135: 'Mobility Header',
    145: 'NSH',
    146: 'unassigned',
    252: 'unassigned',
    253: 'experimental',
    254: 'experimental',
    255: 'reserved',
    256: 'unknown',
    4294967295: 'unknown',
  };
  for (const [number, name] of Object.entries(places)) assert.equal(protocolName(Number(number)), name);
});

test('EtherTypes: three have a name', () => {
  assert.deepEqual([0x0800, 0x0806, 0x86dd, 0x8847, 0].map(etherTypeName), ['IPv4', 'ARP', 'IPv6', '', '']);
});

test('enums: names by number', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 6, 7].map((number) => flowTypeNames.get(number)),
    ['FLOWUNKNOWN', 'SFLOW_5', 'NETFLOW_V5', 'NETFLOW_V9', 'IPFIX', 'NETFLOW_V1', 'NETFLOW_V7', undefined],
  );
  assert.equal(layerNames.get(10), 'IPv6HeaderRouting');
  assert.equal(layerNames.get(99), 'Custom');
});

test('ICMP types have names by protocol', () => {
  assert.equal(icmpName(1, 8), 'Echo');
  assert.equal(icmpName(58, 128), 'EchoRequest');
  assert.equal(icmpName(1, 128), '');
  assert.equal(icmpName(58, 8), '');
  assert.equal(icmpName(6, 8), 'unknown');
});
