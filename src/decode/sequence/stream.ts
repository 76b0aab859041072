import type { SequencedProtocol } from '../../metrics/reasons.ts';
import { hasRestarted } from '../templates/exporter-clock.ts';
import type { ClockFacts } from '../templates/exporter-clock.ts';
import { NumberingConvention } from './convention.ts';
import { ClockOrder, SequenceWindow } from './sequence-window.ts';
import type { SequenceBooks } from './sequence-window.ts';

/** How far the uptime of an sFlow agent may fall among datagrams that overtake each other. */
const REORDER_MS = 2_000;

/** A hundred datagrams or so, in what each protocol counts. */
const NEAR: Record<SequencedProtocol, number> = {
  netflow_v5: 100 * 30,
  netflow_v7: 100 * 28,
  netflow_v9: 128,
  ipfix: 100 * 40,
  sflow: 128,
  sflow_sample: 1_024,
};

/** The numbers of one stream and the newest clock that came with them. */
export class SequenceStream implements ClockFacts {
  readonly window: SequenceWindow;
  readonly #protocol: SequencedProtocol;
  /** Where exporters differ in what they number; otherwise each datagram takes up one number. */
  readonly #convention: NumberingConvention | undefined;
  sysUptimeMs = 0;
  exportSeconds = 0;
  sequence = 0;
  /** Whether it is in the list of those whose gaps are to be settled. */
  listed = false;

  constructor(protocol: SequencedProtocol) {
    this.#protocol = protocol;
    if (protocol === 'netflow_v5' || protocol === 'netflow_v7' || protocol === 'ipfix')
      this.#convention = new NumberingConvention();
    this.window = new SequenceWindow(NEAR[protocol]);
  }

  /**
   * {@link observe} for the usual case alone: one number, the expected one, and no clock that has fallen. Not for
   * protocols where exporters differ in what they number.
   */
  follow(number: number, sysUptimeMs: number, exportSeconds: number, nowMs: number): boolean {
    if (sysUptimeMs < this.sysUptimeMs || !this.window.follow(number, nowMs)) return false;
    this.sysUptimeMs = sysUptimeMs;
    this.exportSeconds = exportSeconds;
    this.sequence = number;
    return true;
  }

  /**
   * Takes a datagram; whether it is the newest one now.
   *
   * @param header has the clock and the number
   * @param data records that take up numbers, and options data, which usually does; one where datagrams are numbered
   * @param slack how many records more there may be
   */
  observe(
    header: ClockFacts,
    data: number,
    options: number,
    slack: number,
    nowMs: number,
    books: SequenceBooks,
  ): boolean {
    const { window } = this;
    let number = header.sequence;
    let units = data + options;
    const convention = this.#convention;
    if (convention !== undefined) {
      const changed = this.#learn(convention, number, data, options, slack);
      if (!convention.countsOptions) units = data;
      if (convention.withOwn) {
        number = window.nearest((number - units - slack) >>> 0, (number - units) >>> 0);
        units = (header.sequence - number) >>> 0;
        slack = 0;
      }
      if (changed) window.expect(number);
    }
    const order = this.#orderOf(header);
    if (!window.observe(number, units, slack, order, nowMs, books)) return false;
    this.sysUptimeMs = header.sysUptimeMs;
    this.exportSeconds = header.exportSeconds;
    this.sequence = header.sequence;
    return true;
  }

  #learn(convention: NumberingConvention, number: number, data: number, options: number, slack: number): boolean {
    if (slack === 0) return convention.learn(number, data, options);
    convention.forget();
    return false;
  }

  /** A duplicate or a late datagram is never newer than the newest one; the first after a restart always is. */
  #orderOf(header: ClockFacts): ClockOrder {
    const uptime = (header.sysUptimeMs - this.sysUptimeMs) | 0;
    const time = (header.exportSeconds - this.exportSeconds) | 0;
    switch (this.#protocol) {
      case 'sflow':
      case 'sflow_sample':
        if (uptime < -REORDER_MS) return ClockOrder.restarted;
        return uptime > 0 ? ClockOrder.newer : ClockOrder.notNewer;
      case 'ipfix':
        return time > 0 ? ClockOrder.newer : ClockOrder.notNewer;
      default:
        if (hasRestarted(this, header)) return ClockOrder.restarted;
        return uptime > 0 || time > 0 ? ClockOrder.newer : ClockOrder.notNewer;
    }
  }
}
