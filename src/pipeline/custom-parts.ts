import { GoFlowError } from '../config/errors.ts';
import type { Decoder } from '../decode/decoder.ts';
import type { Enricher } from '../enrich/enricher.ts';
import type { Format, FormatOptions } from '../format/format.ts';
import type { Counters } from '../metrics/counters.ts';
import type { Transport, TransportContext } from '../transport/transport.ts';

/**
 * A part of a user's own. Its module is loaded in every thread that needs one, and its default export makes the part:
 *
 *     export default (options, given) => new MyFormat(options);
 */
export interface PartModule {
  /** What `import()` takes: the URL of a file (`import.meta.resolve('./part.js')`), or the name of a package. */
  readonly module: string;
  /** Handed to the default export in each thread, as a structured clone. */
  readonly options?: unknown;
}

/** What each default export is called with: the options of its {@link PartModule}, and what the thread has. */
export type MakeFormat = (options: unknown, given: FormatOptions) => Format;
export type MakeEnricher = (options: unknown, given: { readonly counters: Counters }) => Enricher;
export type MakeProtocol = (options: unknown, given: { readonly counters: Counters }) => Protocol;
export type MakeTransport = (context: TransportContext) => Transport;

/** A protocol that is told by the first 16 bits of its datagrams. */
export interface Protocol {
  readonly version: number;
  /** Hands on packets of the kind `custom`. */
  readonly decoder: Decoder;
}

/** Parts that take the place of ours, or come beside them. */
export interface CustomParts {
  /** In the place of `format`. */
  readonly format?: PartModule | undefined;
  /** Called for each flow behind ours, in this order. */
  readonly enrichers?: readonly PartModule[] | undefined;
  /** Versions that `netflow` and `flow` listeners take as well. One that we have too is the user's then. */
  readonly protocols?: readonly PartModule[] | undefined;
  /** In the place of `transport`. It runs on the main thread, and is no module for that. */
  readonly transport?: MakeTransport | undefined;
}

/** What of them workers load. */
export type WorkerParts = Pick<CustomParts, 'format' | 'enrichers' | 'protocols'>;

/** What of a collector's parts goes to its workers. */
export function workerParts({ format, enrichers, protocols }: CustomParts = {}): WorkerParts {
  return { format, enrichers, protocols };
}

/** The same, loaded: each makes its part. */
export interface LoadedParts {
  readonly format: ((given: FormatOptions) => Format) | undefined;
  readonly enrichers: readonly ((counters: Counters) => Enricher)[];
  readonly protocols: readonly ((counters: Counters) => Protocol)[];
}

/** @throws GoFlowError GF_PART_MODULE for a module that cannot be loaded, or has no function as its default export */
export async function loadParts({ format, enrichers = [], protocols = [] }: WorkerParts = {}): Promise<LoadedParts> {
  const makeFormat = format && (await load<MakeFormat>(format));
  return {
    format: makeFormat && ((given) => makeFormat(format.options, given)),
    enrichers: await Promise.all(
      enrichers.map(async (part) => {
        const make = await load<MakeEnricher>(part);
        return (counters: Counters) => make(part.options, { counters });
      }),
    ),
    protocols: await Promise.all(
      protocols.map(async (part) => {
        const make = await load<MakeProtocol>(part);
        return (counters: Counters) => make(part.options, { counters });
      }),
    ),
  };
}

/** The decoders of a user's own protocols, by version. */
export function customDecoders(parts: LoadedParts | undefined, counters: Counters): Map<number, Decoder> {
  const made = (parts?.protocols ?? []).map((make) => make(counters));
  return new Map(made.map(({ version, decoder }) => [version, decoder]));
}

async function load<Make>({ module }: PartModule): Promise<Make> {
  let loaded: { readonly default?: unknown };
  try {
    loaded = (await import(module)) as typeof loaded;
  } catch (error) {
    throw new GoFlowError('GF_PART_MODULE', `the part ${module} cannot be loaded: ${(error as Error).message}`, error);
  }
  if (typeof loaded.default === 'function') return loaded.default as Make;
  throw new GoFlowError('GF_PART_MODULE', `the part ${module} has no function as its default export`);
}
