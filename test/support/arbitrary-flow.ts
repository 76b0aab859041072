import fc from 'fast-check';
import type { SimulatedFlow } from '#src/simulate/simulated-flow.js';
import { ipv4Text, ipv6Text, macText, u16, u32, u64, u8 } from './arbitraries.ts';

/** The second at which the exporter of these flows exports, and when it started: Unix seconds. */
export const EXPORT_SECONDS = 1_700_000_000;
export const BOOT_SECONDS = EXPORT_SECONDS - 86_400;

/** The last 20 minutes before the export, in nanoseconds: what a flow of 32 bits of microseconds before it can tell. */
const moment = fc
  .bigInt({ min: 1n, max: 1_200_000_000_000n })
  .map((ago) => BigInt(EXPORT_SECONDS) * 1_000_000_000n - ago);

const isZero = (text: string) => text === '0.0.0.0' || text === '::';

/** Flows of one family with every member that a template may carry. */
export const arbitraryFlow: fc.Arbitrary<SimulatedFlow & { readonly six: boolean }> = fc.boolean().chain((six) => {
  const address = (six ? ipv6Text : ipv4Text).filter((text) => !isZero(text));
  return fc
    .record({
      source: address,
      destination: address,
      protocol: u8,
      sourcePort: u16,
      destinationPort: u16,
      icmpType: u8,
      icmpCode: u8,
      octets: u64,
      packets: u64,
      times: fc.tuple(moment, moment),
      tcpFlags: u8,
      tos: u8,
      ttl: u8,
      flowLabel: fc.nat(0xfffff),
      fragmentId: u32,
      inputInterface: u32,
      outputInterface: u32,
      sourceMac: macText,
      destinationMac: macText,
      vlan: fc.nat(0xfff),
      sourceAs: u32,
      destinationAs: u32,
      nextHop: address,
      bgpNextHop: address,
      sourcePrefixLength: fc.nat(six ? 128 : 32),
      destinationPrefixLength: fc.nat(six ? 128 : 32),
      forwardingStatus: u8,
      direction: fc.nat(1),
      samplingInterval: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    })
    .map(({ times: [a, b], ...flow }) => ({ ...flow, six, start: a < b ? a : b, end: a < b ? b : a }));
});
