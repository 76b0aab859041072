import type { Frame, LayerParser } from './layer-parser.ts';
import { UNLISTED } from './layer-parser.ts';

/** What all extension headers without a value in `layer_stack` have in common: they are walked over. */
const walked = {
  layer: UNLISTED,
  keys: [],
  group: 0,
  prolongs: true,
  minimum: 8,
  etherType: 0,
} as const;

/**
 * Hop-by-hop and destination options (RFC 8200 sections 4.3 and 4.6), and the headers of the same shape (RFC 6564):
 *
 *     next header; length in units of 8 octets without the first 8; data
 */
export const options: LayerParser = {
  ...walked,
  name: 'ipv6-options',
  parse: (frame) => walkOver(frame, 8 + 8 * frame.cursor.u8(1)),
};

/**
 * Authentication header (RFC 4302 section 2):
 *
 *     next header; length in units of 4 octets minus 2; data
 */
export const authentication: LayerParser = {
  ...walked,
  name: 'ipv6-ah',
  parse: (frame) => walkOver(frame, 8 + 4 * frame.cursor.u8(1)),
};

function walkOver(frame: Frame, size: number): LayerParser | undefined {
  frame.size = size;
  return frame.byNextHeader(frame.cursor.u8(0));
}
