import { listOf, slotOf } from '../../flow/fields.ts';
import type { FlowRecord } from '../../flow/flow-record.ts';
import type { Cursor } from '../cursor.ts';
import { putAddress, takeAddress } from './address.ts';

const BGP_NEXT_HOP = slotOf('bgp_next_hop');
const SRC_AS = slotOf('src_as');
const DST_AS = slotOf('dst_as');
const NEXT_HOP_AS = slotOf('next_hop_as');
const AS_PATH = slotOf('as_path');
const COMMUNITIES = slotOf('bgp_communities');
const AS_PATH_LIST = listOf('as_path');
const COMMUNITY_LIST = listOf('bgp_communities');

/**
 * Format 1003:
 *
 *     extended_gateway { nexthop address; as; src_as; src_peer_as;
 *                        dst_as_path<> { type 1 set, 2 sequence; as<> };
 *                        communities<>; localpref }
 *
 * `as_path` gets the numbers of all segments. The path ends at the destination, so its last AS is `dst_as`; the first
 * is the neighbour, `next_hop_as`. An empty path is a destination inside of the router's own AS; a source AS of 0 is
 * a source there.
 *
 * @returns false, with no column filled, when the record is too short
 */
export function readExtendedGateway(flow: FlowRecord, body: Cursor): boolean {
  const length = takeAddress(body);
  const nextHop = body.at;
  if (length < 0 || !body.take(16)) return false;
  const routerAs = body.u32(0);
  const sourceAs = body.u32(4);
  const pathLength = readPath(flow, body, body.u32(12));
  if (pathLength < 0 || !body.take(4)) return false;
  const communities = readList(flow, COMMUNITY_LIST, 0, body, body.u32(0));
  if (communities < 0 || !body.take(4)) return false; // localpref has no column

  const { words } = flow;
  const path = flow.lists[AS_PATH_LIST]!;
  putAddress(flow, BGP_NEXT_HOP, body, nextHop, length);
  words[SRC_AS] = sourceAs === 0 ? routerAs : sourceAs;
  words[DST_AS] = pathLength === 0 ? routerAs : path[pathLength - 1]!;
  words[NEXT_HOP_AS] = pathLength === 0 ? 0 : path[0]!;
  words[AS_PATH] = pathLength;
  words[COMMUNITIES] = communities;
  return true;
}

/** Reads all segments into `as_path`; the number of AS, or -1 when they run past the record. */
function readPath(flow: FlowRecord, body: Cursor, segments: number): number {
  let length = 0;
  for (let i = 0; i < segments; i++) {
    if (!body.take(8)) return -1;
    const count = readList(flow, AS_PATH_LIST, length, body, body.u32(4));
    if (count < 0) return -1;
    length += count;
  }
  return length;
}

/** Reads `count` numbers to a list column from entry `at` on; `count`, or -1 when they run past the record. */
function readList(flow: FlowRecord, list: number, at: number, body: Cursor, count: number): number {
  if (!body.take(4 * count)) return -1;
  const entries = flow.reserve(list, at + count);
  for (let i = 0; i < count; i++) entries[at + i] = body.u32(4 * i);
  return count;
}
