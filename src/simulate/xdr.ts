import { addressOctets, macOctets } from './address-octets.ts';
import { WireWriter } from './wire-writer.ts';

/** What sFlow is written in: XDR (RFC 4506), where everything is a multiple of four octets. */
export class XdrWriter extends WireWriter {
  /** Octets of variable length: the length, the octets, zeros up to a multiple of four. `announced` is for tests. */
  opaque(octets: Uint8Array, announced = octets.length): this {
    return this.u32(announced)
      .bytes(octets)
      .zeros((4 - (octets.length % 4)) % 4);
  }

  string(text: string): this {
    return this.opaque(new TextEncoder().encode(text));
  }

  /** An `address`: its type (1 IPv4, 2 IPv6) and octets; `undefined` is type 0, unknown, without octets. */
  address(text: string | undefined): this {
    if (text === undefined) return this.u32(0);
    const octets = addressOctets(text);
    return this.u32(octets.length === 4 ? 1 : 2).bytes(octets);
  }

  /** A `mac`: six octets, in XDR padded to eight. */
  mac(text: string): this {
    return this.bytes(macOctets(text)).zeros(2);
  }

  /** A list of unsigned integers. `announced` is for tests. */
  list(values: readonly number[], announced = values.length): this {
    this.u32(announced);
    for (const value of values) this.u32(value);
    return this;
  }
}
