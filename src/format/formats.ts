import { createBinaryFormat } from './binary.ts';
import type { FormatFactory } from './format.ts';
import { createJsonFormat } from './json.ts';
import { createTextFormat } from './text.ts';

/** The formats by the names that `-format` takes. */
export const formats: ReadonlyMap<string, FormatFactory> = new Map([
  ['json', createJsonFormat],
  ['text', createTextFormat],
  ['bin', createBinaryFormat],
]);
