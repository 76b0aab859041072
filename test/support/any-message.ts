import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { createBinaryFormat } from '#src/format/binary.js';
import { anyRecord } from './random-record.ts';
import { written } from './written.ts';

/** Fields of any number and type, those that are replaced among them, once or more often. */
const anyField = fc.record({
  number: fc.oneof(fc.constantFrom(3, 6, 7, 14, 15, 1000, 1001, 500), fc.integer({ min: 1, max: 2 ** 29 - 1 })),
  wireType: fc.constantFrom(WireType.Varint, WireType.Bit64, WireType.LengthDelimited, WireType.Bit32),
  value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  octets: fc.oneof(
    fc.constantFrom(Buffer.from('DE'), Buffer.from('ABCDE'), Buffer.alloc(0), Buffer.alloc(4, 9), Buffer.alloc(16, 1)),
    fc.uint8Array({ maxLength: 200 }),
  ),
});

function fieldOctets({ number, wireType, value, octets }: typeof anyField extends fc.Arbitrary<infer T> ? T : never) {
  const out = new BinaryWriter().tag(number, wireType);
  if (wireType === WireType.Varint) return out.uint64(value).finish();
  if (wireType === WireType.Bit64) return out.fixed64(value).finish();
  return wireType === WireType.Bit32 ? out.fixed32(Number(value & 0xffffffffn)).finish() : out.bytes(octets).finish();
}

/** Messages as the collector writes them, with such fields before and behind. */
export const anyMessage = fc
  .tuple(
    anyRecord(10).map((flow) => written(createBinaryFormat(), flow)),
    fc.array(anyField.map(fieldOctets), { maxLength: 8 }),
    fc.array(anyField.map(fieldOctets), { maxLength: 8 }),
  )
  .map(([delimited, before, behind]) => {
    const body = new BinaryReader(delimited).bytes();
    return new Uint8Array(Buffer.concat([...before, body, ...behind]));
  });

/** Octets of a message that are others. */
export const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 });

export function damaged(message: Uint8Array, damages: readonly (readonly [at: number, octet: number])[]): Uint8Array {
  for (const [at, octet] of damages) if (message.length > 0) message[at % message.length] = octet;
  return message;
}
