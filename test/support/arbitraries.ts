import fc from 'fast-check';
import { addressText } from '#src/flow/address.js';

/** Values of every kind that flows are made of, for properties. */

export const u8 = fc.integer({ min: 0, max: 0xff });
export const u16 = fc.integer({ min: 0, max: 0xffff });
export const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
export const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

/** IPv4 addresses as text. */
export const ipv4Text = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((octets) => addressText(octets, 0, 4));

/** IPv6 addresses as text, in the form of RFC 5952; IPv4-mapped ones are left out. */
export const ipv6Text = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((octets) => addressText(octets, 0, 16))
  .filter((text) => !text.includes('.'));

/** MAC addresses as text. */
export const macText = fc
  .uint8Array({ minLength: 6, maxLength: 6 })
  .map((octets) => [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join(':'));

/** Octets, `most` at the most. */
export const octets = (most: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength: most });
