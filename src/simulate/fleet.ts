import { FixedExporter } from './exporter-fixed.ts';
import { SFlowExporter } from './exporter-sflow.ts';
import { TemplatedExporter } from './exporter-templated.ts';
import type { SimulatedExporter } from './exporter.ts';
import type { SendReport } from './sender.ts';
import { PacedSender } from './sender.ts';
import { Traffic } from './traffic.ts';
import type { Endpoint } from './udp-sockets.ts';

export interface FleetOptions {
  /** Where NetFlow and IPFIX go, and where sFlow goes; nothing is sent where there is none. */
  readonly netflow?: Endpoint | undefined;
  readonly sflow?: Endpoint | undefined;
  /** Flows a second, of all exporters together. */
  readonly rate: number;
  /** Everything but the times follows from it; 1 by default. */
  readonly seed?: number;
  /** Address that an exporter sends from, by its place in the list of the fleet; any by default. */
  readonly source?: (index: number) => string | undefined;
  /** Unix milliseconds. */
  readonly now?: () => number;
}

/** An exporter with its traffic and its socket. */
interface Member {
  readonly exporter: SimulatedExporter;
  readonly traffic: Traffic;
  readonly sender: PacedSender;
  /** Number of the next flow. */
  next: number;
}

/** What the fleet has sent so far. */
export interface FleetReport {
  readonly datagrams: number;
  readonly flows: number;
  /** Sends that failed, by error code. */
  readonly errors: Readonly<Record<string, number>>;
}

/** How often the exporters send what has come up. */
const TICK_MS = 100;

/** After a machine was asleep: flows of a longer time are not made up for. */
const MOST_BEHIND_MS = 1_000;

/** As if the exporters had been up for a day when the fleet starts. */
const UPTIME = 86_400_000_000_000n;

const kinds: readonly { readonly to: 'netflow' | 'sflow'; readonly make: (boot: bigint) => SimulatedExporter }[] = [
  { to: 'netflow', make: (boot) => new FixedExporter({ boot, samplingMode: 1, samplingInterval: 100 }) },
  { to: 'netflow', make: (boot) => templated(9, boot, 1_000) },
  { to: 'netflow', make: (boot) => templated(10, boot, 2_048) },
  {
    to: 'sflow',
    make: (boot) =>
      new SFlowExporter({ boot, agent: '192.0.2.4', samplingRate: 4_096, extended: true, countersEvery: 10 }),
  },
];

function templated(version: 9 | 10, boot: bigint, interval: number): TemplatedExporter {
  return new TemplatedExporter({ version, boot, domains: [{ id: 1, samplers: [{ interval }] }], refreshEvery: 50 });
}

/**
 * Exporters of every protocol that send flows as they end, at a bounded rate: NetFlow v5, v9, IPFIX, sFlow, in this
 * order. Their clients are in 10.0.0.0/15, 10.2.0.0/15, 10.4.0.0/15 and 10.6.0.0/15, the servers that these talk to in
 * 203.0.113.0/24, and likewise for IPv6: see {@link Traffic}.
 *
 * @example
 * const fleet = new Fleet({ netflow: { address: '127.0.0.1', port: 2055 }, rate: 100 });
 * await fleet.start();
 * console.log(await fleet.stop());
 */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #now: () => number;
  readonly #intervalMs: number;
  #members: Member[] = [];
  #startMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();
  #datagrams = 0;
  #flows = 0;
  readonly #errors = new Map<string, number>();

  constructor(options: FleetOptions) {
    if (!(options.rate > 0)) throw new RangeError('rate: more than 0 flows a second');
    this.#options = options;
    this.#now = options.now ?? Date.now;
    const members = kinds.filter(({ to }) => options[to] !== undefined).length;
    this.#intervalMs = (1_000 * members) / options.rate;
  }

  /** Opens the sockets and begins to send. */
  async start(): Promise<void> {
    const { seed = 1, source } = this.#options;
    this.#startMs = this.#now();
    const start = BigInt(Math.round(this.#startMs)) * 1_000_000n;
    const interval = BigInt(Math.round(this.#intervalMs * 1e6));
    for (const [stream, { to, make }] of kinds.entries()) {
      const target = this.#options[to];
      if (target === undefined) continue;
      const address = source?.(stream);
      const sources = address === undefined ? {} : { sources: [{ address, port: 0 }] };
      const sender = new PacedSender({ target, ...sources });
      await sender.start();
      const traffic = new Traffic({ seed, stream, start, interval });
      this.#members.push({ exporter: make(start - UPTIME), traffic, sender, next: 0 });
    }
    this.#timer = setInterval(() => {
      this.#sending = this.#sending.then(() => this.#tick());
    }, TICK_MS);
  }

  /** Sends what is under way and closes the sockets. */
  async stop(): Promise<FleetReport> {
    clearInterval(this.#timer);
    await this.#sending;
    await Promise.all(this.#members.splice(0).map(({ sender }) => sender.stop()));
    return { datagrams: this.#datagrams, flows: this.#flows, errors: Object.fromEntries(this.#errors) };
  }

  async #tick(): Promise<void> {
    const nowMs = this.#now();
    const due = Math.floor((nowMs - this.#startMs) / this.#intervalMs);
    const most = Math.ceil(MOST_BEHIND_MS / this.#intervalMs);
    for (const member of this.#members) {
      const from = Math.max(member.next, due - most);
      if (due <= from) continue;
      member.next = due;
      const flows = [...member.traffic.flows(from, due)];
      const before = member.exporter.account.flows;
      const report = await member.sender.send(member.exporter.export(flows, BigInt(Math.round(nowMs)) * 1_000_000n));
      this.#account(report, member.exporter.account.flows - before);
    }
  }

  #account({ datagrams, errors }: SendReport, flows: number): void {
    this.#datagrams += datagrams;
    this.#flows += flows;
    for (const [code, count] of Object.entries(errors)) this.#errors.set(code, (this.#errors.get(code) ?? 0) + count);
  }
}
