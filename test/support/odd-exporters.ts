import { EXPORT_TIME, data } from './exporter.ts';
import type { Wire } from './exporter.ts';
import { range } from './numbered-flows.ts';

/** Steps of each exporter a second; by its own clock each takes a second, so that those that reboot ran for a while. */
export const STEPS_A_SECOND = 50;

/** A flow as it has to come out: its number, which is in its packets, and its octets. */
interface Expected {
  readonly octets: number;
  /** Flows of one group come out in the order in which they were sent. */
  readonly group: string;
}

/** One exporter of NetFlow v9 or IPFIX, which counts what it sends as its protocol has it, and remembers its flows. */
export class OddExporter {
  readonly expected: Expected[] = [];
  readonly #wire: Wire;
  readonly #counts = new Map<number, { sequence: number; startedAt: number }>();

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** A message of a domain at a step; `records` is how many data records there are in it. */
  message(step: number, domain: number, sets: readonly Uint8Array[], records: number): Uint8Array {
    const count = this.#counts.get(domain) ?? { sequence: 0, startedAt: -3_600 };
    const { version, message } = this.#wire;
    this.#counts.set(domain, { ...count, sequence: count.sequence + (version === 9 ? 1 : records) });
    return message(sets, {
      domain,
      sequence: count.sequence,
      sysUptimeMs: (step - count.startedAt) * 1000,
      exportSeconds: EXPORT_TIME + step,
    });
  }

  /** A domain begins anew: its time and its numbers are back at 0. */
  reboot(step: number, domain: number): void {
    this.#counts.set(domain, { sequence: 0, startedAt: step });
  }

  template(id: number, ...fields: string[]): Uint8Array {
    return this.#wire.template(id, ...fields);
  }

  /** The next flow, in hexadecimal: its number, of four octets, and its octets, of `width` octets. */
  flow(width: number, group: string): { number: string; octets: string } {
    const number = this.expected.length;
    const octets = (number * 2_654_435_761) % 256 ** width;
    this.expected.push({ octets, group });
    return { number: hexOf(number, 4), octets: hexOf(octets, width) };
  }
}

const hexOf = (value: number, width: number) => value.toString(16).padStart(2 * width, '0');

/** A template that is never told. */
const UNKNOWN_ID = 65_000;

/** Two layouts of one template, and a data set by each. */
const layouts = [
  ['2/4', '1/4'],
  ['1/4', '2/4'],
];

function setBy(exporter: OddExporter, layout: number, group: string, id = 256): Uint8Array {
  const { number, octets } = exporter.flow(4, group);
  return data(id, layout === 0 ? number + octets : octets + number);
}

/** What an exporter sends at each step. */
export type Steps = (exporter: OddExporter, steps: number) => Iterable<readonly Uint8Array[]>;

/**
 * F-26: domain 1 begins anew so many times, each time with the other layout of its template; domain 2, which has told
 * its template once, goes on.
 */
export const reboots = (times: number): Steps =>
  function* (exporter, steps) {
    const each = Math.floor(steps / (times + 1));
    for (const step of range(steps)) {
      const epoch = Math.min(times, Math.floor(step / each));
      const begins = step === epoch * each;
      if (begins) exporter.reboot(step, 1);
      const told = (is: boolean, layout: number) => (is ? [exporter.template(256, ...layouts[layout]!)] : []);
      const one = (domain: number, is: boolean, layout: number) =>
        exporter.message(step, domain, [...told(is, layout), setBy(exporter, layout, `domain ${domain}`)], 1);
      yield [one(1, begins, epoch % 2), one(2, step === 0, 0)];
    }
  };

/** F-27: the template is another one in the middle of every message; a message without one follows. */
export const redefinitions: Steps = function* (exporter, steps) {
  for (const step of range(steps)) {
    const layout = step % 2;
    const set = (which: number) => setBy(exporter, which, 'all');
    const before = step === 0 ? [] : [set(1 - layout)];
    const sets = [...before, exporter.template(256, ...layouts[layout]!), set(layout), set(layout)];
    yield [exporter.message(step, 1, sets, before.length + 2), exporter.message(step, 1, [set(layout)], 1)];
  }
};

/** F-28: a thousand domains whose template 256 differs, then data of all of them, the last one first, over and over. */
export const manyDomains: Steps = function* (exporter, steps) {
  const DOMAINS = 1_000;
  const all = Math.max(2 * DOMAINS, steps);
  const width = (domain: number) => 1 + (domain % 4);
  const at = (i: number, step: number) => {
    const domain = i < DOMAINS ? i : DOMAINS - 1 - (i % DOMAINS);
    if (i < DOMAINS) return exporter.message(step, i, [exporter.template(256, '2/4', `1/${width(i)}`)], 0);
    const { number, octets } = exporter.flow(width(domain), `domain ${domain}`);
    return exporter.message(step, domain, [data(256, number + octets)], 1);
  };
  for (let step = 0, i = 0; step < steps; step++) {
    const until = Math.ceil(((step + 1) * all) / steps);
    const messages: Uint8Array[] = [];
    for (; i < until; i++) messages.push(at(i, step));
    yield messages;
  }
};

/**
 * F-29: data of many templates, each of which is up to thirty seconds longer on its way than the data behind it, and
 * more data after it; and a set whose template never comes.
 */
export const lateTemplates: Steps = function* (exporter, steps) {
  const DATA = 3;
  const longest = Math.min(30 * STEPS_A_SECOND, Math.floor(0.6 * steps));
  const count = Math.floor(steps / 10);
  const arrivals = range(steps).map((): (() => Uint8Array)[] => []);
  for (const i of range(count)) {
    const id = 256 + i;
    const first = Math.floor((0.3 * steps * i) / count);
    const late = first + DATA + Math.floor((longest * ((i * 37) % count)) / count);
    const sendData = (step: number) =>
      arrivals[step]!.push(() => exporter.message(step, 1, [setBy(exporter, 0, `${id}`, id)], 1));
    for (const part of range(DATA)) sendData(first + part);
    arrivals[late]!.push(() => exporter.message(first, 1, [exporter.template(id, ...layouts[0]!)], 0));
    sendData(late);
  }
  arrivals[0]!.push(() => exporter.message(0, 1, [data(UNKNOWN_ID, '00000000')], 1));
  for (const makers of arrivals) yield makers.map((make) => make());
};
