import { fixedLayout } from '../decode/netflow-fixed/layout.ts';
import type { FixedVersion } from '../decode/netflow-fixed/layout.ts';
import { accounted, DEFAULT_PAYLOAD, emptyAccount } from './exporter.ts';
import type { SimulatedExporter } from './exporter.ts';
import { encodeFixed, netFlowV5Record } from './netflow-fixed.ts';
import { isIPv6 } from './simulated-flow.ts';
import type { SimulatedFlow } from './simulated-flow.ts';
import { sysUptimeMs } from './uptime.ts';

export interface FixedExporterOptions {
  /** 5 by default. */
  readonly version?: FixedVersion;
  /** When the exporter started, Unix nanoseconds. */
  readonly boot: bigint;
  readonly payload?: number;
  readonly engineType?: number;
  /** Two bits and 14 bits of the header. */
  readonly samplingMode?: number;
  readonly samplingInterval?: number;
}

/** NetFlow v1, v5 and v7. The sequence number, which v1 has not, counts flows, separately for each engine id (the `domain` of `export`). */
export class FixedExporter implements SimulatedExporter {
  readonly account = emptyAccount();
  readonly #options: FixedExporterOptions;
  readonly #recordsPerDatagram: number;
  #boot: bigint;
  #sequences = new Map<number, number>();

  constructor(options: FixedExporterOptions) {
    this.#options = options;
    this.#boot = options.boot;
    const { headerLength, recordLength, maxRecords } = fixedLayout(options.version ?? 5)!;
    const fitting = Math.floor(((options.payload ?? DEFAULT_PAYLOAD) - headerLength) / recordLength);
    this.#recordsPerDatagram = Math.min(maxRecords, fitting);
    if (this.#recordsPerDatagram < 1) throw new RangeError(`payload: at least ${headerLength + recordLength} octets`);
  }

  export(flows: readonly SimulatedFlow[], now: bigint, domain = 0): Uint8Array[] {
    const carried = flows.filter((flow) => !isIPv6(flow));
    this.account.unsupported += flows.length - carried.length;
    this.account.flows += carried.length;
    const datagrams: Uint8Array[] = [];
    for (let i = 0; i < carried.length; i += this.#recordsPerDatagram) {
      const part = carried.slice(i, i + this.#recordsPerDatagram);
      datagrams.push(accounted(this.account, this.#datagram(part, now, domain)));
    }
    return datagrams;
  }

  sequence(domain = 0): number {
    return this.#sequences.get(domain) ?? 0;
  }

  #datagram(flows: readonly SimulatedFlow[], now: bigint, engineId: number): Uint8Array {
    const sequence = this.sequence(engineId);
    this.#sequences.set(engineId, (sequence + flows.length) % 2 ** 32);
    const { version = 5, engineType = 0, samplingMode = 0, samplingInterval = 0 } = this.#options;
    return encodeFixed(
      version,
      {
        sysUptimeMs: sysUptimeMs(this.#boot, now),
        unixSeconds: Number(now / 1_000_000_000n),
        unixNanoseconds: Number(now % 1_000_000_000n),
        sequence,
        engineType,
        engineId,
        samplingMode,
        samplingInterval,
      },
      flows.map((flow) => netFlowV5Record(flow, this.#boot)),
    );
  }

  reboot(now: bigint): void {
    this.#boot = now;
    this.#sequences = new Map();
  }
}
