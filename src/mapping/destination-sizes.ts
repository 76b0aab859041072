import type { CustomDeclaration } from '../flow/custom-fields.ts';
import { findColumn } from '../flow/fields.ts';

/** Whether a destination, which exists, takes numbers. */
export function isNumber(name: string, fields: readonly CustomDeclaration[]): boolean {
  const field = fields.find((declared) => declared.name === name);
  return field === undefined ? !findColumn(name)!.type.startsWith('address') : field.type === 'varint';
}

/** How many bits a destination takes. */
export function sizesOf(
  name: string,
  fields: readonly CustomDeclaration[],
): { readonly text: string; allows(bits: number): boolean } {
  if (isNumber(name, fields)) return { text: 'a number of up to 64 bits', allows: (bits) => bits <= 64 };
  if (fields.some((declared) => declared.name === name)) return { text: 'any octets', allows: () => true };
  return { text: 'an address, of 32 or 128 bits', allows: (bits) => bits === 32 || bits === 128 };
}
