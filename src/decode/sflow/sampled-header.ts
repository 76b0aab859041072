import { slotOf } from '../../flow/fields.ts';
import type { FlowRecord } from '../../flow/flow-record.ts';
import type { Cursor } from '../cursor.ts';
import { ethernet } from '../headers/ethernet.ts';
import type { HeaderParser } from '../headers/header-parser.ts';
import { ipv4 } from '../headers/ipv4.ts';
import { ipv6 } from '../headers/ipv6.ts';
import type { LayerParser } from '../headers/layer-parser.ts';
import { mpls } from '../headers/mpls.ts';

const BYTES = slotOf('bytes');

/** `header_protocol`: what the sampled octets begin with. */
function firstLayer(protocol: number): LayerParser | undefined {
  switch (protocol) {
    case 1:
      return ethernet;
    case 11:
      return ipv4;
    case 12:
      return ipv6;
    case 13:
      return mpls;
    default:
      return undefined;
  }
}

/**
 * Format 1:
 *
 *     sampled_header { protocol; frame_length; stripped; header<> }
 *
 * `header<>` is a count of octets and as many octets, padded to 4: the padding is not part of the packet. When fewer
 * are there than counted, those are read.
 */
export function readSampledHeader(
  flow: FlowRecord,
  body: Cursor,
  headers: HeaderParser,
): 'read' | 'malformed' | 'unknown_header_protocol' {
  if (!body.take(16)) return 'malformed';
  flow.words[BYTES] = body.u32(4);
  flow.words[BYTES + 1] = 0;
  const first = firstLayer(body.u32(0));
  if (first === undefined) return 'unknown_header_protocol';
  const counted = body.u32(12);
  const length = Math.min(counted, body.left);
  headers.parse(flow, first, body.bytes, body.view, body.pos, body.pos + length);
  return length < counted ? 'malformed' : 'read';
}
