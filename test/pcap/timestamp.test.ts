import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CapturedPacket } from '#src/pcap/captured-packet.js';
import { TimeResolution, setTime } from '#src/pcap/timestamp.js';

const word = fc.integer({ min: 0, max: 0xffffffff });
const MAX = 2n ** 34n - 1n;

test('times of every resolution of pcapng are exact to the nanosecond, rounded down, and bounded', () => {
  const offset = fc.oneof(fc.constant(0), fc.integer({ min: -(2 ** 35), max: 2 ** 35 }));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 255 }), offset, word, word, (code, offsetSeconds, high, low) => {
      const packet = new CapturedPacket();
      new TimeResolution(code, offsetSeconds).apply(packet, high, low);
      const finer = BigInt(Math.max(0, (code & 0x80 ? code & 0x7f : 0) - 32)); // bits that do not count
      const stamp = (((BigInt(high) << 32n) | BigInt(low)) >> finer) << finer;
      const unit = code & 0x80 ? 2n ** BigInt(code & 0x7f) : 10n ** BigInt(code);
      const total = (stamp * 1_000_000_000n) / unit + BigInt(offsetSeconds) * 1_000_000_000n;
      const seconds = total < 0n ? (total - 999_999_999n) / 1_000_000_000n : total / 1_000_000_000n;
      if (seconds < 0n) {
        assert.deepEqual([packet.seconds, packet.nanoseconds], [0, 0]);
      } else if (seconds > MAX) {
        assert.deepEqual([packet.seconds, packet.nanoseconds], [Number(MAX), 0]);
      } else {
        assert.deepEqual([BigInt(packet.seconds), packet.nanoseconds], [seconds, Number(total % 1_000_000_000n)]);
      }
    }),
    { numRuns: 5000 },
  );
});

test('a fraction above one second is carried', () => {
  const packet = new CapturedPacket();
  setTime(packet, 10, 4_294_967_295 * 1000);
  assert.deepEqual([packet.seconds, packet.nanoseconds], [4304, 967_295_000]);
});
