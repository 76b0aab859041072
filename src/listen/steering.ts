import { HASH_FACTORS, HASH_SHIFTS } from './exporter-hash.ts';

/** Loads at this offset are relative to the network header of the datagram: SKF_NET_OFF of `linux/filter.h`. */
const NETWORK_HEADER = 0xfff00000;

/** Classic BPF (`linux/bpf_common.h`): A is the accumulator, X the index register, k the constant. */
const LOAD_WORD = 0x20;
const LOAD_OCTET = 0x30;
const LOAD_X = 0x01;
const MULTIPLY = 0x24;
const MODULO = 0x94;
const SHIFT_RIGHT = 0x74;
const XOR_X = 0xac;
const COPY_TO_X = 0x07;
const JUMP_EQUAL = 0x15;
const JUMP = 0x05;
const RETURN_A = 0x16;

type Instruction = [code: number, k?: number, whenTrue?: number, whenFalse?: number];

/**
 * The program that chooses a socket of a SO_REUSEPORT group: `exporterWorker` of the source address, for IPv4 and
 * IPv6, as `struct sock_filter` of a little-endian machine.
 *
 * @param sockets number of sockets in the group; the order is that in which they were bound
 */
export function steeringProgram(sockets: number): Uint8Array {
  const v6 = [8, 12, 16, 20].flatMap(fold); // the source address within the IPv6 header (RFC 8200 section 3)
  const v4 = fold(12); // within the IPv4 header (RFC 791 section 3.1)
  const instructions: Instruction[] = [
    [LOAD_X, 0],
    [LOAD_OCTET, NETWORK_HEADER],
    [SHIFT_RIGHT, 4], // the version
    [JUMP_EQUAL, 6, 0, v6.length + 1],
    ...v6,
    [JUMP, v4.length],
    ...v4,
    // A and X hold the same here
    [SHIFT_RIGHT, HASH_SHIFTS[0]],
    [XOR_X],
    [MULTIPLY, HASH_FACTORS.first],
    [COPY_TO_X],
    [SHIFT_RIGHT, HASH_SHIFTS[1]],
    [XOR_X],
    [MULTIPLY, HASH_FACTORS.second],
    [COPY_TO_X],
    [SHIFT_RIGHT, HASH_SHIFTS[2]],
    [XOR_X],
    [MODULO, sockets],
    [RETURN_A],
  ];
  const program = new DataView(new ArrayBuffer(instructions.length * 8));
  instructions.forEach(([code, k = 0, whenTrue = 0, whenFalse = 0], i) => {
    program.setUint16(i * 8, code, true);
    program.setUint8(i * 8 + 2, whenTrue);
    program.setUint8(i * 8 + 3, whenFalse);
    program.setUint32(i * 8 + 4, k, true);
  });
  return new Uint8Array(program.buffer);
}

/** Takes the word at an offset of the network header into the hash, which X carries from word to word. */
function fold(offset: number): Instruction[] {
  return [[LOAD_WORD, NETWORK_HEADER + offset], [XOR_X], [MULTIPLY, HASH_FACTORS.fold], [COPY_TO_X]];
}
