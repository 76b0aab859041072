import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ADDRESS_WORDS, column, slotOf } from '#src/flow/fields.js';
import { FlowRecord } from '#src/flow/flow-record.js';

const octets = fc.uint8Array({ minLength: 24, maxLength: 24 });

test('an address column is the same by octets and by words', () => {
  const slot = slotOf('src_addr');
  fc.assert(
    fc.property(octets, fc.nat(8), fc.constantFrom(4, 16), (from, offset, length) => {
      const view = new DataView(from.buffer, from.byteOffset, from.byteLength);
      const byOctets = new FlowRecord();
      const byWords = new FlowRecord();
      byOctets.words.fill(0xffff_ffff);
      byWords.words.fill(0xffff_ffff);
      byOctets.setAddress(slot, from, offset, length);
      if (length === 4) byWords.setIPv4(slot, view, offset);
      else byWords.setIPv6(slot, view, offset);
      assert.deepEqual(byWords.words, byOctets.words);
      assert.deepEqual(byWords.address(slot), from.slice(offset, offset + length));
    }),
  );
});

test('appended addresses follow each other in the list, and stale entries are overwritten', () => {
  const list = column('mpls_ip');
  fc.assert(
    fc.property(fc.array(fc.tuple(octets, fc.constantFrom(4, 16)), { maxLength: 8 }), (addresses) => {
      const flow = new FlowRecord();
      flow.lists[list.list]!.fill(0xffff_ffff);
      for (const [from, length] of addresses) flow.appendAddress(list, from, 3, length);
      assert.equal(flow.words[list.slot], addresses.length);
      const memory = new Uint8Array(flow.lists[list.list]!.buffer);
      addresses.forEach(([from, length], i) => {
        const at = i * ADDRESS_WORDS * 4;
        const expected = new Uint8Array(16);
        expected.set(from.subarray(3, 3 + length));
        assert.deepEqual(memory.slice(at, at + 16), expected);
        assert.equal(flow.lists[list.list]![i * ADDRESS_WORDS + 4], length);
      });
    }),
  );
});
