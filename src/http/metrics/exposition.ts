import { Registry, collectDefaultMetrics } from 'prom-client';
import type { CollectorView } from '../view.ts';
import type { Metric } from './metric.ts';
import { originalMetrics } from './original-metrics.ts';
import { outputMetrics, ownMetrics } from './own-metrics.ts';
import { seriesLimits, takeSnapshot } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';

/** Every metric of ours; those of the process and of Node.js come beside them. */
export const metricTable: readonly Metric[] = [...originalMetrics, ...ownMetrics];

export { seriesLimits };

/** An answer serves everybody who asks within this time. */
const FRESH_MS = 250;

/** The text of `/metrics`. */
export class Exposition {
  readonly #view: CollectorView;
  readonly #registry = new Registry();
  #snapshot: Snapshot | undefined;
  #text: Promise<string> | undefined;
  #madeMs = -Infinity;
  #turns: Promise<void> = Promise.resolve();

  constructor(view: CollectorView) {
    this.#view = view;
    collectDefaultMetrics({ register: this.#registry });
    for (const metric of [...metricTable, ...outputMetrics(view)]) this.#register(metric);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** At most four times a second anything is done for it, however many ask. */
  text(): Promise<string> {
    if (this.#text === undefined || performance.now() - this.#madeMs > FRESH_MS) {
      this.#madeMs = Infinity;
      this.#text = this.#make();
    }
    return this.#text;
  }

  async #make(): Promise<string> {
    try {
      this.#snapshot = takeSnapshot(this.#view);
      return await this.#registry.metrics();
    } finally {
      this.#snapshot = undefined;
      this.#madeMs = performance.now();
    }
  }

  /** Waits until everything else had its turn: a long answer must not hold up the output. */
  #turn(): Promise<void> {
    return (this.#turns = this.#turns.then(() => new Promise((resolve) => setImmediate(resolve))));
  }

  /** Registers what prom-client asks for its values whenever text is made: nothing is counted there. */
  #register({ name, help, type, collect }: Metric): void {
    const get = async () => {
      await this.#turn();
      return {
        name,
        help,
        type,
        aggregator: 'sum',
        values: Array.from(collect(this.#snapshot!), ({ labels, value, suffix }) => ({
          labels,
          value,
          metricName: name + (suffix ?? ''),
        })),
      };
    };
    this.#registry.registerMetric({ name, get } as unknown as Parameters<Registry['registerMetric']>[0]);
  }
}
