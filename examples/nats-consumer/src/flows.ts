import { fromBinary } from '@bufbuild/protobuf';
import { sizeDelimitedPeek } from '@bufbuild/protobuf/wire';
import { FlowMessageSchema } from '../gen/flow_pb.ts';
import type { FlowMessage } from '../gen/flow_pb.ts';

/**
 * The flows in a message that was published with `-format=bin`: one or more, each with its length as a varint before
 * it. The header `Goflow2-Count` of the message has their number, where the collector puts several into one.
 */
export function* flowsIn(data: Uint8Array): Generator<FlowMessage> {
  for (let at = 0; at < data.length;) {
    const { size, offset } = sizeDelimitedPeek(data.subarray(at));
    if (size === null || at + offset + size > data.length) throw new Error('a message that ends within a flow');
    yield fromBinary(FlowMessageSchema, data.subarray(at + offset, at + offset + size));
    at += offset + size;
  }
}

/** An address of a flow as text: 4 or 16 octets, or none. */
export function addressText(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  const words = Array.from({ length: octets.length / 2 }, (_, i) => (octets[2 * i]! << 8) | octets[2 * i + 1]!);
  return words.map((word) => word.toString(16)).join(':');
}
