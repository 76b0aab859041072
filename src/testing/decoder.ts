import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Decoder } from '../decode/decoder.ts';
import { Random } from '../simulate/random.ts';
import { datagramOf } from './flows.ts';

/** Hostile variants of each datagram. */
const MUTATIONS = 300;

/**
 * The examination of decoders: what `src/decode/decoder.ts` promises.
 *
 * @param valid datagrams that it decodes, in an order in which it can
 */
export function testDecoder(name: string, make: () => Decoder, valid: readonly Uint8Array[]): void {
  /** What becomes of a datagram: the reason why it was discarded, or how many packets came. */
  const decode = (decoder: Decoder, bytes: Uint8Array): string | number => {
    let packets = 0;
    return decoder.decode(datagramOf(bytes), () => packets++) ?? packets;
  };

  describe(`the contract of decoders: ${name}`, () => {
    test('it decodes what is valid, twice alike', () => {
      assert.ok(valid.length > 0);
      const results = [make(), make()].map((decoder) => valid.map((bytes) => decode(decoder, bytes)));
      for (const packets of results[0]!) assert.ok(typeof packets === 'number' && packets > 0, String(packets));
      assert.deepEqual(results[0], results[1]);
    });

    test('it discards an empty datagram', () => {
      assert.equal(typeof decode(make(), new Uint8Array()), 'string');
    });

    test('no beginning of a datagram makes it throw', () => {
      const decoder = make();
      for (const bytes of valid) {
        for (let length = 0; length < bytes.length; length++) decode(decoder, bytes.slice(0, length));
      }
    });

    test('no octets make it throw, and afterwards it decodes what is valid', () => {
      const decoder = make();
      valid.forEach((bytes, i) => {
        for (let k = 0; k < MUTATIONS; k++) {
          const random = new Random(17, i, k);
          const hostile = bytes.slice();
          for (let n = random.between(1, 8); n > 0; n--) {
            hostile[random.below(hostile.length)] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
          }
          decode(decoder, hostile);
        }
      });
      for (const bytes of valid) assert.equal(typeof decode(decoder, bytes), 'number');
    });
  });
}
