import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { exporterHash, exporterWorker } from '#src/listen/exporter-hash.js';
import { steeringProgram } from '#src/listen/steering.js';

/** What the kernel does with a classic BPF program; `packet` begins with the network header. */
function runProgram(program: Uint8Array, packet: Uint8Array): number {
  const code = new DataView(program.buffer, program.byteOffset, program.length);
  const data = new DataView(packet.buffer, packet.byteOffset, packet.length);
  let a = 0;
  let x = 0;
  for (let i = 0; i < program.length / 8; i++) {
    const k = code.getUint32(i * 8 + 4, true);
    const at = k - 0xfff00000;
    switch (code.getUint16(i * 8, true)) {
      case 0x20:
        a = data.getUint32(at);
        break;
      case 0x30:
        a = data.getUint8(at);
        break;
      case 0x01:
        x = k;
        break;
      case 0x24:
        a = Math.imul(a, k) >>> 0;
        break;
      case 0x94:
        a %= k;
        break;
      case 0x74:
        a >>>= k;
        break;
      case 0xac:
        a = (a ^ x) >>> 0;
        break;
      case 0x07:
        x = a;
        break;
      case 0x15:
        i += code.getUint8(i * 8 + (a === k ? 2 : 3));
        break;
      case 0x05:
        i += k;
        break;
      case 0x16:
        return a;
      default:
        assert.fail(`instruction ${i}`);
    }
  }
  return assert.fail('the program does not return');
}

const addresses = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }),
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
);

test('the program for the kernel chooses as the function does, for IPv4 and IPv6', () => {
  fc.assert(
    fc.property(
      addresses,
      fc.integer({ min: 1, max: 256 }),
      fc.uint8Array({ maxLength: 64 }),
      (address, workers, rest) => {
        const v6 = address.length === 16;
        const header = Buffer.alloc(v6 ? 40 : 20, 0xa5);
        header[0] = v6 ? 0x6c : 0x45; // the traffic class begins in the first octet of IPv6
        header.set(address, v6 ? 8 : 12);
        const chosen = runProgram(steeringProgram(workers), Buffer.concat([header, rest]));
        assert.equal(chosen, exporterWorker(address, 0, address.length, workers));
        assert.ok(chosen < workers);
      },
    ),
    { numRuns: 2000 },
  );
});

test('neighbouring exporters are spread evenly over any number of workers', () => {
  const plans: [name: string, address: (i: number) => number[]][] = [
    ['a /20 of IPv4', (i) => [10, 0, i >> 8, i & 255]],
    ['one address a /24', (i) => [10, i >> 8, i & 255, 1]],
    ['one address a /64', (i) => [0x20, 1, 0xd, 0xb8, 0, 0, i >> 8, i & 255, 0, 0, 0, 0, 0, 0, 0, 1]],
    ['interface identifiers', (i) => [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 2, 0xfc, 0, 0xff, 0xfe, 0, i >> 8, i & 255]],
  ];
  for (const [name, address] of plans) {
    for (const workers of [2, 3, 4, 7, 8, 16]) {
      const counts = Array.from({ length: workers }, () => 0);
      for (let i = 0; i < 4096; i++) {
        const octets = Uint8Array.from(address(i));
        counts[exporterWorker(octets, 0, octets.length, workers)]!++;
      }
      const fair = 4096 / workers;
      // six standard deviations of a fair throw
      for (const count of counts)
        assert.ok(Math.abs(count - fair) < 6 * Math.sqrt(fair), `${name}: ${counts.join(' ')}`);
    }
  }
});

test('the hash reads only the address, wherever it lies, and never changes', () => {
  const octets = Uint8Array.of(9, 9, 192, 0, 2, 1, 9, 9);
  assert.equal(exporterHash(octets, 2, 4), exporterHash(Uint8Array.of(192, 0, 2, 1), 0, 4));
  assert.equal(exporterHash(Uint8Array.of(192, 0, 2, 1), 0, 4), 673617261);
  assert.equal(exporterHash(Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), 0, 16), 3014368346);
});
