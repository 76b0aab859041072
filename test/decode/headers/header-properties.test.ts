import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { layers } from '#src/decode/headers/layers.js';
import type { LayerObserver } from '#src/decode/headers/layer-parser.js';
import { MAX_LAYERS, MAX_MPLS_LABELS, MAX_ROUTING_ADDRESSES } from '#src/decode/limits.js';
import { arbitraryFrame } from '../../support/arbitrary-packet.ts';
import { parseHeaders } from '../../support/headers.ts';

const every = (protocol: 'tcp' | 'udp') =>
  layers.map((parser, port) => ({ protocol, direction: 'both', port, parser }) as const);

/** Ports below 14 carry every kind of layer, so that chains of any shape come up. */
const ports = [...every('tcp'), ...every('udp')];

/** Octets that look like headers often enough to get past the first one. */
const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.array(fc.constantFrom(0, 1, 4, 6, 8, 17, 41, 43, 44, 47, 0x45, 0x60, 0x81, 0x86, 0x88, 0xdd, 0xff), {
    maxLength: 300,
  }),
);

test('C-172 any octets behind any first layer: no exception, bounded lists, a size for each layer', () => {
  fc.assert(
    fc.property(fc.constantFrom(...layers), hostile, (first, octets) => {
      let observed = 0;
      const observer: LayerObserver = {
        layer: ({ cursor }, _parser, _via, start) => {
          observed++;
          assert.ok(start >= 32 && start <= cursor.end);
        },
      };
      const columns = parseHeaders(Uint8Array.from(octets), { first, ports, observer });
      const stack = columns.layer_stack as string[];
      assert.equal((columns.layer_size as bigint[]).length, stack.length);
      assert.ok(stack.length <= observed && observed <= MAX_LAYERS);
      assert.ok((columns.mpls_label as bigint[]).length <= MAX_MPLS_LABELS);
      assert.equal((columns.mpls_ttl as bigint[]).length, (columns.mpls_label as bigint[]).length);
      assert.ok((columns.ipv6_routing_header_addresses as string[]).length <= MAX_ROUTING_ADDRESSES);
    }),
    { numRuns: 10_000 },
  );
});

test('a packet that was cut off shows a beginning of its layers, and no columns that the whole one lacks', () => {
  fc.assert(
    fc.property(arbitraryFrame, fc.nat(), ({ bytes }, cut) => {
      const whole = parseHeaders(bytes);
      const part = parseHeaders(bytes.subarray(0, cut % (bytes.length + 1)));
      const stack = part.layer_stack as string[];
      assert.deepEqual(stack, (whole.layer_stack as string[]).slice(0, stack.length));
      for (const [i, size] of (part.layer_size as bigint[]).entries()) {
        const cutLabels = stack[i] === 'MPLS' && i === stack.length - 1; // a stack is as long as what was read of it
        const wholeSize = (whole.layer_size as bigint[])[i]!;
        assert.ok(size === wholeSize || (cutLabels && size < wholeSize));
      }
      for (const name of ['src_addr', 'dst_addr', 'src_mac', 'src_port', 'dst_port', 'tcp_flags'] as const) {
        const value = part[name];
        assert.ok([whole[name], '', 0n, '00:00:00:00:00:00'].includes(value), name);
      }
    }),
    { numRuns: 3_000 },
  );
});
