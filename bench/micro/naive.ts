import { createRequire } from 'node:module';
import { root } from '../root.ts';
import type { Contestant } from './contestant.ts';

/**
 * NetFlow v9 as it is written when nothing is known to be hot: an object a field, an object a record, BigInt where 64
 * bits may be, and a library that encodes the object. It has the same datagrams and gives the same columns.
 */
interface Field {
  readonly id: number;
  readonly length: number;
}

type Flow = Record<string, string | number | bigint | Uint8Array>;

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
  27: 'src_addr',
  28: 'dst_addr',
  29: 'src_net',
  30: 'dst_net',
  52: 'ip_ttl',
  58: 'src_vlan',
  59: 'dst_vlan',
  62: 'next_hop',
};
const addresses = new Set([8, 12, 15, 27, 28, 62]);

class NaiveDecoder {
  readonly #templates = new Map<string, Field[]>();

  decode(octets: Uint8Array, each: (flow: Flow) => void): void {
    const buffer = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
    const header = {
      time: BigInt(buffer.readUInt32BE(8)) * 1_000_000_000n,
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

  #readData(
    set: Buffer,
    fields: Field[] | undefined,
    header: { time: bigint; uptime: number; sequence: number; domain: number },
    each: (flow: Flow) => void,
  ): void {
    if (fields === undefined) return;
    const size = fields.reduce((sum, { length }) => sum + length, 0);
    for (let at = 0; at + size <= set.length;) {
      const values = fields.map(({ id, length }) => {
        const value = set.subarray(at, at + length);
        at += length;
        return { id, value };
      });
      const flow: Flow = { type: 3, sequence_num: header.sequence, observation_domain_id: header.domain };
      for (const { id, value } of values) {
        const name = columns[id];
        if (id === 21 || id === 22) {
          const before = BigInt((header.uptime - value.readUInt32BE(0)) | 0) * 1_000_000n;
          flow[id === 21 ? 'time_flow_end_ns' : 'time_flow_start_ns'] = header.time - before;
        } else if (name !== undefined) {
          flow[name] = addresses.has(id) ? value : number(value);
        }
      }
      each(flow);
    }
  }
}

function number(value: Buffer): number | bigint {
  return value.length <= 6 ? value.readUIntBE(0, value.length) : value.readBigUInt64BE(0);
}

/** Objects and `JSON.stringify`. */
export function naiveJson(datagrams: readonly Uint8Array[]): Contestant {
  const decoder = new NaiveDecoder();
  const text = (_key: string, value: unknown): unknown => {
    if (typeof value === 'bigint') return value.toString();
    return value;
  };
  return {
    name: 'objects and JSON.stringify',
    turn() {
      let flows = 0;
      let lines = '';
      for (const datagram of datagrams) {
        decoder.decode(datagram, (flow) => {
          for (const key of ['src_addr', 'dst_addr', 'next_hop']) {
            const address = flow[key];
            if (address instanceof Uint8Array) flow[key] = [...address].join('.');
          }
          lines += `${JSON.stringify(flow, text)}\n`;
          flows++;
        });
        Buffer.from(lines);
        lines = '';
      }
      return flows;
    },
  };
}

interface ProtobufType {
  fromObject(object: object): object;
  encodeDelimited(message: object): { finish(): Uint8Array };
}

/** Objects and protobufjs; undefined where that is not installed (`npm --prefix bench ci`). */
export function naiveProtobuf(datagrams: readonly Uint8Array[]): Contestant | undefined {
  let type: ProtobufType;
  try {
    const require = createRequire(new URL('bench/package.json', root));
    const protobufjs = require('protobufjs') as {
      loadSync(file: string): { lookupType(name: string): ProtobufType };
    };
    const schema = new URL('pb/flow.proto', root).pathname;
    type = protobufjs.loadSync(schema).lookupType('flowpb.FlowMessage');
  } catch {
    return undefined;
  }
  const decoder = new NaiveDecoder();
  const camel = (key: string): string => key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return {
    name: 'objects and protobufjs',
    turn() {
      let flows = 0;
      for (const datagram of datagrams) {
        decoder.decode(datagram, (flow) => {
          const object: Record<string, unknown> = {};
          for (const [key, value] of Object.entries(flow)) {
            object[camel(key)] = typeof value === 'bigint' ? value.toString() : value;
          }
          type.encodeDelimited(type.fromObject(object)).finish();
          flows++;
        });
      }
      return flows;
    },
  };
}
