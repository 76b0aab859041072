/** 4. What is known about a flow, beyond what its exporter says. */
export type { Enricher } from './enricher.ts';
export { ContextEnricher } from './context/context-enricher.ts';
export { ContextModel } from './context/context-model.ts';
