import { contextOutput } from '#src/enrich/context/context-output.js';
import { LearnedContext } from '#src/enrich/learned/learned-context.js';
import { LearnedNames } from '#src/enrich/learned/learned-names.js';
import { parseAddress } from '#src/flow/address.js';
import type { FlowRecord } from '#src/flow/flow-record.js';
import { Source } from '#src/listen/datagram.js';
import { contextOf, contextOfFlow } from './context.ts';
import { storedDatagram } from './stored-datagram.ts';
import type { StoredDatagram } from './stored-datagram.ts';
import { WholeChain } from './whole-chain.ts';

export interface LearningOptions {
  /** What is configured beside. */
  readonly context?: string;
  /** How contexts are written; for JSON by default. */
  readonly format?: string;
  readonly maxBytes?: number;
  readonly lifetimeMs?: number;
}

/** One thread that learns names, with the context that its flows get, under a clock of the test. */
export class LearningChain {
  /** Unix milliseconds. */
  nowMs = 1_700_000_000_000;
  readonly names: LearnedNames;
  readonly chain: WholeChain;
  /** Told of each flow when it has its context. */
  onFlow: ((flow: FlowRecord) => void) | undefined;
  #contexts: Record<string, string>[] = [];

  constructor({ context = 'networks: []', format = 'json', maxBytes, lifetimeMs }: LearningOptions = {}) {
    this.names = new LearnedNames({
      maxBytes,
      lifetimeMs,
      now: () => this.nowMs,
      isProven: (address) => this.chain.isProven(address),
    });
    const learned = new LearnedContext(this.names, contextOutput(format));
    const { enricher } = contextOf(context, { format, learned });
    const take = (flow: FlowRecord): void => {
      this.#contexts.push(contextOfFlow(enricher, flow));
      this.onFlow?.(flow);
    };
    this.chain = new WholeChain(take, {
      names: this.names,
      enriched: enricher.columns,
    });
  }

  /** Takes messages of an exporter; gives the contexts of the flows in them. */
  take(messages: readonly Uint8Array[], address = '192.0.2.1'): Record<string, string>[] {
    const source = new Source(parseAddress(address)!);
    return this.takeStored(messages.map((bytes) => storedDatagram(bytes, { source })));
  }

  takeStored(datagrams: readonly StoredDatagram[]): Record<string, string>[] {
    this.#contexts = [];
    for (const datagram of datagrams) {
      this.chain.take(datagram);
      const { text } = datagram.source;
      if (this.chain.isProven(text)) this.names.prove(text);
    }
    return this.#contexts;
  }
}
