import { createRequire } from 'node:module';
import { root } from '../root.ts';
import type { Contestant } from './contestant.ts';
import type { Input } from './input.ts';

/**
 * NetFlow v9 as it is written when speed is no concern: an object a field, an object a record, and a library that
 * encodes it. Numbers are doubles, times too. It has the same datagrams and gives the same columns as far as the input
 * has fields for them.
 */
interface Field {
  readonly id: number;
  readonly length: number;
}

type Flow = Record<string, string | number | Uint8Array>;

interface Header {
  readonly milliseconds: number;
  readonly uptime: number;
  readonly sequence: number;
  readonly domain: number;
}

const columns: Readonly<Record<number, string>> = {
  1: 'bytes',
  2: 'packets',
  4: 'proto',
  5: 'ip_tos',
  6: 'tcp_flags',
  7: 'src_port',
  8: 'src_addr',
  9: 'src_net',
  10: 'in_if',
  11: 'dst_port',
  12: 'dst_addr',
  13: 'dst_net',
  14: 'out_if',
  15: 'next_hop',
  16: 'src_as',
  17: 'dst_as',
  21: 'time_flow_end_ns',
  22: 'time_flow_start_ns',
  58: 'src_vlan',
};
const addresses = new Set([8, 12, 15]);
const times = new Set([21, 22]);

class NaiveDecoder {
  readonly #templates = new Map<string, Field[]>();

  decode(octets: Uint8Array, each: (flow: Flow) => void): void {
    const buffer = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
    const header = {
      milliseconds: buffer.readUInt32BE(8) * 1000,
      uptime: buffer.readUInt32BE(4),
      sequence: buffer.readUInt32BE(12),
      domain: buffer.readUInt32BE(16),
    };
    for (let at = 20; at + 4 <= buffer.length;) {
      const id = buffer.readUInt16BE(at);
      const length = buffer.readUInt16BE(at + 2);
      const set = buffer.subarray(at + 4, at + length);
      if (id === 0) this.#readTemplates(set, header.domain);
      else if (id > 255) this.#readData(set, this.#templates.get(`${header.domain}/${id}`), header, each);
      at += length;
    }
  }

  #readTemplates(set: Buffer, domain: number): void {
    for (let at = 0; at + 4 <= set.length;) {
      const count = set.readUInt16BE(at + 2);
      const fields = Array.from({ length: count }, (_, i) => ({
        id: set.readUInt16BE(at + 4 + 4 * i),
        length: set.readUInt16BE(at + 6 + 4 * i),
      }));
      this.#templates.set(`${domain}/${set.readUInt16BE(at)}`, fields);
      at += 4 + 4 * count;
    }
  }

  #readData(set: Buffer, fields: Field[] | undefined, header: Header, each: (flow: Flow) => void): void {
    if (fields === undefined) return;
    const size = fields.reduce((sum, { length }) => sum + length, 0);
    for (let at = 0; at + size <= set.length;) {
      const values = fields.map(({ id, length }) => {
        const value = set.subarray(at, at + length);
        at += length;
        return { id, value };
      });
      const flow: Flow = { type: 3, sequence_num: header.sequence, observation_domain_id: header.domain, etype: 0x800 };
      for (const { id, value } of values) {
        const name = columns[id];
        if (name === undefined) continue;
        if (addresses.has(id)) flow[name] = value;
        else if (times.has(id)) flow[name] = (header.milliseconds - header.uptime + value.readUInt32BE(0)) * 1e6;
        else flow[name] = number(value);
      }
      each(flow);
    }
  }
}

function number(value: Buffer): number {
  return value.length <= 6 ? value.readUIntBE(0, value.length) : Number(value.readBigUInt64BE(0));
}

/** @param encode the message of a flow, as octets */
function naive({ before, turn }: Input, encode: (flow: Flow) => Uint8Array): Contestant {
  const decoder = new NaiveDecoder();
  let flows = 0;
  let octets = 0;
  const each = (flow: Flow): void => {
    octets += encode(flow).length;
    flows++;
  };
  for (const arrival of before) decoder.decode(arrival.octets, each);
  return {
    datagrams: turn.length,
    octets: turn.reduce((sum, arrival) => sum + arrival.octets.length, 0),
    turn() {
      flows = octets = 0;
      for (const arrival of turn) decoder.decode(arrival.octets, each);
      if (octets === 0) throw new Error('nothing came out');
      return flows;
    },
  };
}

/** Objects and `JSON.stringify`. */
export function naiveJson(input: Input): Contestant {
  return naive(input, (flow) => {
    for (const key of ['src_addr', 'dst_addr', 'next_hop']) flow[key] = [...(flow[key] as Uint8Array)].join('.');
    return Buffer.from(`${JSON.stringify(flow)}\n`);
  });
}

interface ProtobufRoot {
  loadSync(file: string, options: { keepCase: boolean }): ProtobufRoot;
  lookupType(name: string): { encodeDelimited(message: object): { finish(): Uint8Array } };
}

/** Objects and protobufjs (`npm --prefix bench ci` installs it). */
export function naiveProtobuf(input: Input): Contestant {
  const require = createRequire(new URL('bench/package.json', root));
  const { Root } = require('protobufjs') as { Root: new () => ProtobufRoot };
  const schema = new URL('pb/flow.proto', root).pathname;
  const type = new Root().loadSync(schema, { keepCase: true }).lookupType('flowpb.FlowMessage');
  return naive(input, (flow) => type.encodeDelimited(flow).finish());
}
