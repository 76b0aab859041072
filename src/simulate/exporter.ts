import type { SimulatedFlow } from './simulated-flow.ts';

/** Payload octets that fit an Ethernet of 1500 after IPv6 and UDP headers. */
export const DEFAULT_PAYLOAD = 1_452;

/** What an exporter has sent since it was made, restarts included. */
export interface ExporterAccount {
  datagrams: number;
  octets: number;
  /** Data records or flow samples. */
  flows: number;
  /** Template and options template records; counter samples for sFlow. */
  announcements: number;
  /** Flows that the protocol cannot carry, such as IPv6 in NetFlow v5: left out. */
  unsupported: number;
}

/**
 * An exporter with the state of its protocol: sequence numbers, sysUptime, templates. It makes datagrams; sending them
 * is somebody else's. Times are Unix nanoseconds and passed in.
 */
export interface SimulatedExporter {
  readonly account: Readonly<ExporterAccount>;
  /**
   * Datagrams with these flows, in order, none longer than the payload that was asked for.
   *
   * @param domain observation domain, source id, engine or sub-agent; the first one by default
   */
  export(flows: readonly SimulatedFlow[], now: bigint, domain?: number): Uint8Array[];
  /** Sequence number of the next datagram of a domain. */
  sequence(domain?: number): number;
  /** Starts again at `now`: sysUptime and sequence numbers from zero, nothing announced yet. */
  reboot(now: bigint): void;
}

export function emptyAccount(): ExporterAccount {
  return { datagrams: 0, octets: 0, flows: 0, announcements: 0, unsupported: 0 };
}

/** Notes a datagram that goes out, and hands it on. */
export function accounted(account: ExporterAccount, datagram: Uint8Array): Uint8Array {
  account.datagrams++;
  account.octets += datagram.length;
  return datagram;
}
