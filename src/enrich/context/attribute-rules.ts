import { MAX_ATTRIBUTE_NAME } from './limits.ts';

/** Names of attributes: no blanks, quotes or `=`, so that they can stand in every output. */
export const ATTRIBUTE_NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.:/-]*$/u;

const FORM = 'the name of an attribute is made of letters, digits and _ . : / -, and begins with a letter, digit or _';

/** What is wrong with the name of an attribute, if anything is. */
export function attributeNameProblem(name: string): string | undefined {
  if (name.length > MAX_ATTRIBUTE_NAME) return `at most ${MAX_ATTRIBUTE_NAME} characters are expected`;
  if (!ATTRIBUTE_NAME.test(name)) return FORM;
  return name === 'group' ? 'group is reserved: it is the name of the network' : undefined;
}

/** Attributes that the program itself looks at have values of their own; a mistyped one would be lost in silence. */
export function meaningOf(name: string, value: string | null): string | undefined {
  if (name !== 'boundary' || value === null || value === 'internal' || value === 'external') return undefined;
  return `${JSON.stringify(value)} is neither internal nor external, by which the direction of flows is told`;
}
