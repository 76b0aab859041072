import type { Libc } from '#src/listen/libc.js';
import { loadLibc } from '#src/listen/libc.js';
import { AF_INET, encodeSocketAddress } from '#src/listen/socket-address.js';

const [SOCK_RAW, IPPROTO_RAW, IPPROTO_UDP] = [3, 255, 17];
const [IP_HEADER, UDP_HEADER] = [20, 8];

/** Sends datagrams to 127.0.0.1 from addresses that nobody has, as whoever can write IP headers does. Needs root. */
export class ForgedSender {
  readonly #libc: Libc;
  readonly #socket: number;
  readonly #to = encodeSocketAddress('127.0.0.1', 0);
  readonly #packet = Buffer.alloc(IP_HEADER + UDP_HEADER + 2000);

  private constructor(libc: Libc, port: number) {
    this.#libc = libc;
    this.#socket = libc.socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
    if (this.#socket < 0) throw new Error(`no raw socket: ${libc.errno()}`);
    // the kernel writes the length and the checksum of the header; a checksum of 0 is none (RFC 768)
    this.#packet.set([0x45, 0, 0, 0, 0, 0, 0, 0, 64, IPPROTO_UDP]);
    this.#packet.set([127, 0, 0, 1], 16);
    this.#packet.writeUInt16BE(port, IP_HEADER + 2);
  }

  static async open(port: number): Promise<ForgedSender> {
    return new ForgedSender(await loadLibc(), port);
  }

  send(from: number, port: number, payload: Uint8Array): void {
    const packet = this.#packet;
    packet.writeUInt32BE(from, 12);
    packet.writeUInt16BE(port, IP_HEADER);
    packet.writeUInt16BE(UDP_HEADER + payload.length, IP_HEADER + 4);
    packet.set(payload, IP_HEADER + UDP_HEADER);
    const length = IP_HEADER + UDP_HEADER + payload.length;
    const sent = this.#libc.sendto(this.#socket, packet, length, 0, this.#to, this.#to.length);
    if (sent !== length) throw new Error(`sendto: ${this.#libc.errno()}`);
  }

  close(): void {
    this.#libc.close(this.#socket);
  }
}
