import {
  counterRecord,
  counterStructures,
  hostAdapters,
  hostDescription,
  hostParent,
  portName,
} from '#src/simulate/sflow-counter-records.js';
import type { CounterStructure } from '#src/simulate/sflow-counter-records.js';
import {
  HeaderProtocol,
  extendedAcl,
  extendedEgressQueue,
  extendedFunction,
  extendedGateway,
  extendedMpls,
  extendedNat,
  extendedRouter,
  extendedSwitch,
  extendedUrl,
  extendedUser,
  extendedVlanTunnel,
  extendedVni,
  opaqueRecord,
  rawHeader,
  sampledEthernet,
  sampledIPv4,
  sampledIPv6,
} from '#src/simulate/sflow-flow-records.js';
import {
  encodeCounterSample,
  encodeDropSample,
  encodeExpandedCounterSample,
  encodeExpandedFlowSample,
  encodeFlowSample,
  encodeSFlow,
} from '#src/simulate/sflow.js';
import type { SFlowRecord } from '#src/simulate/sflow.js';
import { frames } from './seed-frames.ts';

const mac = '02:00:00:00:00:01';
const source = { index: 3 };
const ip4 = { length: 100, protocol: 6, source: '192.0.2.1', destination: '192.0.2.2', sourcePort: 443, tcpFlags: 16 };
const ip6 = { ...ip4, source: '2001:db8::1', destination: '2001:db8::2' };

function flowRecords(): SFlowRecord[][] {
  const gateway = { as: 65_000, sourceAs: 65_001, communities: [1, 2] };
  return [
    ...frames().map((header) => [rawHeader({ header, stripped: 4 })]),
    [rawHeader({ header: frames().at(-2)!, protocol: HeaderProtocol.ipv4 })],
    [rawHeader({ header: frames().at(-1)!, protocol: HeaderProtocol.ipv6 })],
    [rawHeader({ header: new Uint8Array(7), protocol: HeaderProtocol.ppp })],
    [sampledEthernet({ length: 100, source: mac, destination: mac, etherType: 0x0800 }), sampledIPv4(ip4)],
    [
      sampledEthernet({ length: 100, source: mac, destination: mac, etherType: 0x86dd, unpadded: true }),
      sampledIPv6(ip6),
    ],
    [
      extendedSwitch({ vlan: 1 }, { vlan: 2 }),
      extendedRouter({ nextHop: '192.0.2.9', sourceMask: 24, destinationMask: 25 }),
    ],
    [extendedRouter({ nextHop: '2001:db8::9', sourceMask: 48, destinationMask: 64 })],
    [extendedRouter({ nextHop: undefined, sourceMask: 0, destinationMask: 0 })],
    [extendedGateway({ ...gateway, nextHop: '192.0.2.9', path: [] })],
    [
      extendedGateway({
        ...gateway,
        nextHop: '2001:db8::9',
        path: [
          { type: 2, numbers: [1, 2] },
          { type: 1, numbers: [3] },
        ],
      }),
    ],
    [extendedGateway({ ...gateway, sourceAs: 0, nextHop: undefined, path: [{ type: 2, numbers: [7] }] })],
    [extendedUser('alice', 'bob'), extendedUrl(1, 'https://example.net/', 'example.net'), extendedVni('ingress', 5)],
    [extendedMpls('192.0.2.9', [1], [2]), extendedNat('192.0.2.1', '192.0.2.2'), extendedVlanTunnel([0x81000001])],
    [extendedEgressQueue(1), extendedAcl(1, 'deny all', 1), extendedFunction('drop')],
    [opaqueRecord(9, 1, new Uint8Array(5)), opaqueRecord(0, 4000, new Uint8Array(3))],
    [],
  ];
}

/** Datagrams with every sample and record type, from agents of both families. */
export function sflowDatagrams(): Uint8Array[] {
  const datagrams: Uint8Array[] = [];
  const send = (...samples: readonly Uint8Array[]) => {
    const sequence = datagrams.length + 1;
    const agent = sequence % 3 === 0 ? '2001:db8::5' : '192.0.2.5';
    datagrams.push(encodeSFlow({ agent, sequence, uptimeMs: 1000 * sequence }, samples));
  };
  const common = { sequence: 1, source, samplingRate: 1000, samplePool: 5000 };
  for (const records of flowRecords()) {
    send(
      encodeFlowSample({ ...common, input: { value: 1 }, output: { value: 2 }, records }),
      encodeExpandedFlowSample({ ...common, input: { value: 0x3fffffff }, output: { format: 2, value: 3 }, records }),
      encodeDropSample({ ...common, input: 1, output: 2, reason: 258, records }),
    );
  }
  const counters = [
    ...(Object.keys(counterStructures) as CounterStructure[]).map((structure) => counterRecord(structure)),
    portName('eth0'),
    hostDescription({ hostname: 'h', uuid: new Uint8Array(16), machineType: 3, osName: 2, osRelease: '6.1' }),
    hostAdapters([{ ifIndex: 1, macs: [mac] }]),
    hostParent(1, 2),
  ];
  send(
    encodeCounterSample({ sequence: 1, source, records: counters }),
    encodeExpandedCounterSample({ sequence: 1, source, records: counters }),
  );
  // more samples than are taken out of one datagram, of eight octets each
  send(new Uint8Array(8 * 4_200).map((_, i) => (i % 8 === 3 ? 99 : 0)));
  const many = datagrams.at(-1)!;
  new DataView(many.buffer, many.byteOffset).setUint32(many.length - 8 * 4_200 - 4, 4_200);
  return datagrams;
}
