import { encodeIpfix } from '#src/simulate/ipfix.js';
import { encodeSet, encodeTemplateSet } from '#src/simulate/sets.js';
import { encodeFlowSample, encodeSFlow } from '#src/simulate/sflow.js';
import { rawHeader } from '#src/simulate/sflow-flow-records.js';
import { Mapped } from '../test/support/mapped.ts';
import { storedDatagram } from '../test/support/stored-datagram.ts';
import type { Reader } from './readers.ts';
import { frames } from './seed-frames.ts';

const template = { id: 256, fields: [61, 82, 234, 8, 1].map((id) => ({ id, length: 4 })) };
const source = { sequence: 1, source: { index: 1 }, samplingRate: 1, samplePool: 1 };
const sample = encodeFlowSample({
  ...source,
  input: { value: 1 },
  output: { value: 2 },
  records: frames().map((header) => rawHeader({ header })),
});

/** Flows that the mappings of the seeds find something in. */
const datagrams = [
  encodeIpfix({ exportSeconds: 1, sequence: 0, domain: 1 }, [
    encodeTemplateSet(10, [template]),
    encodeSet(256, [Uint8Array.from({ length: 20 }, (_, i) => 200 + i)]),
  ]),
  encodeSFlow({ agent: '192.0.2.9', sequence: 1, uptimeMs: 1 }, [sample]),
].map((octets) => storedDatagram(octets));

/** Mapping files: what is read maps flows, and compiled writers give what interpreted ones give. */
export const mappingFiles: Reader = {
  name: 'mapping files',
  seeds: [
    'formatter:\n  fields: [type, src_addr, mine]\n  key: [src_addr, mine]\n  protobuf:\n    - { name: mine, index: 42, type: varint }\nipfix:\n  mapping:\n    - { field: 61, destination: mine }\n',
    'formatter:\n  fields: [bytes, name, etype]\n  rename: { bytes: octets }\n  render: { etype: string, src_addr: network }\n  protobuf:\n    - { name: name, index: 1001, type: string, array: true }\nipfix:\n  mapping:\n    - { field: interfaceName, destination: name, endianness: little }\n',
    'formatter:\n  fields: [proto, flags, in_if]\n  protobuf:\n    - { name: flags, index: 2000, type: bytes }\nnetflowv9:\n  mapping:\n    - { field: 34, destination: sampling_rate, endian: big }\nsflow:\n  ports:\n    - { proto: udp, dir: dst, port: 3544, parser: teredo-dst }\n  mapping:\n    - { layer: tcp, offset: 108, length: 4, destination: flags }\n    - { layer: ipv4, encap: true, offset: 0, length: 8, destination: InIf }\n',
  ],
  read(octets) {
    const mapped = new Mapped(new TextDecoder().decode(octets));
    const [compiled, interpreted] = [true, false].map((codegen) =>
      ['json', 'bin', 'text'].map((format) =>
        mapped.messages(format, datagrams, codegen).map((message) => Buffer.from(message).toString('hex')),
      ),
    );
    if (JSON.stringify(compiled) !== JSON.stringify(interpreted)) throw new Error('compiled and interpreted differ');
    mapped.keys(datagrams);
  },
};
